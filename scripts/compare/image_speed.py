"""Megapixels per second of processor time that Pillow decodes, and decodes and tiles: image_speed.py FILE..

Grid of the tiles as in mpo: the aspect ratio that is closest, 1 to 12 tiles of 448 pixels, and a thumbnail.
With --make DIR writes a baseline JPEG and a PNG of 1920x1080 first.
"""
import io
import math
import sys
import time

from PIL import Image


def picture(width=1920, height=1080):
    x = Image.linear_gradient("L").resize((width, height))
    y = Image.radial_gradient("L").resize((width, height))
    noise = Image.effect_noise((width, height), 24)
    return Image.merge("RGB", (x, y, noise))


def grid(width, height, most=12):
    best, nearest = (1, 1), math.inf
    for cells in range(1, most + 1):
        for cols in range(1, cells + 1):
            if cells % cols:
                continue
            rows = cells // cols
            away = abs(width / height - cols / rows)
            if away < nearest or (away == nearest and width * height > 0.5 * 448 * 448 * cells):
                best, nearest = (cols, rows), away
    return best


def tiles(image):
    cols, rows = grid(*image.size)
    resized = image.resize((448 * cols, 448 * rows), Image.BICUBIC)
    cut = [resized.crop((448 * c, 448 * r, 448 * c + 448, 448 * r + 448)) for r in range(rows) for c in range(cols)]
    return cut + [image.resize((448, 448), Image.BICUBIC)] if len(cut) > 1 else cut


def rate(data, tile, seconds):
    start, pixels = time.process_time(), 0
    while time.process_time() - start < seconds:
        image = Image.open(io.BytesIO(data)).convert("RGB")
        if tile:
            tiles(image)
        pixels += image.width * image.height
    return pixels / (time.process_time() - start) / 1e6


files = sys.argv[1:]
if files[0] == "--make":
    picture().save(files[1] + "/speed.jpg", quality=90)
    picture().save(files[1] + "/speed.png")
    files = [files[1] + "/speed.jpg", files[1] + "/speed.png"]
for name in files:
    with open(name, "rb") as file:
        content = file.read()
    for with_tiles in (False, True):
        print("pillow", name, "decode+tile" if with_tiles else "decode", f"{rate(content, with_tiles, 3):.1f}")
