from .square import square_area
