"""Smaller pictures: a screenshot with at most 256 colours, in about a third of the bytes."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
CHANNELS = {2: 3, 6: 4}
"""Bytes to a pixel, by the type of colour in the header: true colour, without and with transparency."""


def shrink(path: Path) -> None:
    """Write a PNG anew with a palette of its most frequent colours."""
    width, pixels = decode(path.read_bytes())
    palette = [colour for colour, _count in Counter(pixels).most_common(COLOURS)]
    place = {colour: index for index, colour in enumerate(palette)}
    for colour in set(pixels) - place.keys():
        place[colour] = min(range(len(palette)), key=lambda index, c=colour: distance(palette[index], c))  # type: ignore[misc]
    rows = b"".join(
        b"\0" + bytes(place[colour] for colour in pixels[start : start + width])
        for start in range(0, len(pixels), width)
    )
    header = struct.pack(">IIBBBBB", width, len(pixels) // width, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    path.write_bytes(SIGNATURE + b"".join(chunk(name, data) for name, data in parts))


def distance(left: bytes, right: bytes) -> int:
    """How unlike two colours are."""
    return sum((a - b) ** 2 for a, b in zip(left, right, strict=True))


def chunk(name: bytes, data: bytes) -> bytes:
    """One part of a PNG file."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a PNG file."""
    at = len(SIGNATURE)
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += size + 12


def decode(data: bytes) -> tuple[int, list[bytes]]:
    """The width, and the colour of every pixel."""
    parts = list(chunks(data))
    width, height, depth, kind, _packing, _filters, interlaced = struct.unpack(">IIBBBBB", dict(parts)[b"IHDR"])
    if depth != 8 or kind not in CHANNELS or interlaced:
        raise ValueError("only plain screenshots can be read")
    size = CHANNELS[kind]
    raw = zlib.decompress(b"".join(part for name, part in parts if name == b"IDAT"))
    pixels: list[bytes] = []
    for row in unfiltered(raw, width * size, height, size):
        pixels += [row[at : at + 3] for at in range(0, len(row), size)]
    return width, pixels


def unfiltered(raw: bytes, length: int, height: int, size: int) -> Iterable[bytes]:
    """The rows as they are: each may be kept as a difference to its neighbours."""
    above = bytes(length)
    for number in range(height):
        start = number * (length + 1)
        row = bytearray(raw[start + 1 : start + 1 + length])
        restore(row, above, raw[start], size)
        above = bytes(row)
        yield above


def restore(row: bytearray, above: bytes, how: int, size: int) -> None:
    """Add back what one row was kept as a difference to: left, above, their mean, or the likeliest of three."""
    for at in range(len(row) if how else 0):
        left = row[at - size] if at >= size else 0
        over = above[at]
        if how == 1:
            add = left
        elif how == 2:
            add = over
        elif how == 3:
            add = (left + over) // 2
        else:
            add = likeliest(left, over, above[at - size] if at >= size else 0)
        row[at] = (row[at] + add) & 255


def likeliest(left: int, over: int, corner: int) -> int:
    """Of three neighbours the one nearest to left + over - corner (Paeth)."""
    guess = left + over - corner
    by_left, by_over, by_corner = abs(guess - left), abs(guess - over), abs(guess - corner)
    if by_left <= by_over and by_left <= by_corner:
        return left
    return over if by_over <= by_corner else corner
