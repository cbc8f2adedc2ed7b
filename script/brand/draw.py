"""Draws the icons of the integration: a house of building blocks that looks out through a lens."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parents[2] / "custom_components/kindergarten/brand"
SCALE = 4  # everything is drawn larger and shrunk: Pillow's shapes have hard edges

ROOF, WALL, DOOR, LENS, IRIS, GLINT = "#F2A33A", "#2E7DA6", "#7BC0A3", "#16384C", "#5FB3D9", "#FFFFFF"
INK = {"": "#16384C", "dark_": "#F3F6F8"}


def house(size: int) -> Image.Image:
    """Return the mark on a transparent square of `size` pixels."""
    edge = size * SCALE
    image = Image.new("RGBA", (edge, edge))
    draw = ImageDraw.Draw(image)

    def at(*points: float) -> list[float]:
        return [point * edge / 256 for point in points]

    def disc(x: float, y: float, radius: float, colour: str) -> None:
        draw.ellipse(at(x - radius, y - radius, x + radius, y + radius), fill=colour)

    draw.polygon(at(128, 14, 246, 112, 10, 112), fill=ROOF)
    draw.rounded_rectangle(at(30, 104, 226, 244), radius=at(16)[0], fill=WALL)
    draw.rectangle(at(30, 104, 226, 124), fill=WALL)
    draw.rounded_rectangle(at(30, 204, 92, 244), radius=at(14)[0], fill=DOOR)
    draw.rounded_rectangle(at(164, 204, 226, 244), radius=at(14)[0], fill=ROOF)
    disc(128, 166, 60, GLINT)
    disc(128, 166, 50, LENS)
    disc(128, 166, 30, IRIS)
    disc(128, 166, 13, LENS)
    disc(146, 146, 9, GLINT)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def logo(height: int, ink: str) -> Image.Image:
    """Return the mark with the name beside it, `height` pixels high."""
    font = ImageFont.load_default(height * SCALE * 0.34)
    lines = ("Kindergarten", "Cameras")
    width = int(max(font.getlength(line) for line in lines)) + int(height * SCALE * 0.08)
    words = Image.new("RGBA", (width, height * SCALE))
    draw = ImageDraw.Draw(words)
    for row, line in enumerate(lines):
        draw.text((0, height * SCALE * (0.12 + 0.4 * row)), line, font=font, fill=ink)
    words = words.resize((width // SCALE, height), Image.Resampling.LANCZOS)
    image = Image.new("RGBA", (height + height // 8 + words.width, height))
    image.paste(house(height), (0, 0))
    image.alpha_composite(words, (height + height // 8, 0))
    return image


def main() -> None:
    """Write every picture that Home Assistant asks for."""
    for prefix, ink in INK.items():
        for suffix, factor in (("", 1), ("@2x", 2)):
            house(256 * factor).save(FOLDER / f"{prefix}icon{suffix}.png", optimize=True)
            logo(128 * factor, ink).save(FOLDER / f"{prefix}logo{suffix}.png", optimize=True)


if __name__ == "__main__":
    main()
