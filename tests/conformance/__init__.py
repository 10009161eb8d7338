"""Every entity × every surface × Ann, Ben, Cyd and the administrator: nobody sees what is closed to him."""
