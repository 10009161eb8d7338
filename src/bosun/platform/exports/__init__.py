"""Records taken out as tables: what one may see and export, safe to open in a spreadsheet."""
