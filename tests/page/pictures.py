#!/usr/bin/python3
"""Makes the pictures of docs/images anew: tests/page/pictures.py PAGE_STAGE [FOLDER]"""
import sys

from browser import Browser, Stage

PICTURES = [  # file, scene, width, dark, phone, at most so high
    ("page-healthy", "healthy", 1280, False, False, 1100),
    ("page-broken-dark", "broken", 1280, True, False, 1300),
    ("page-64-sites", "many64", 1280, False, False, 1200),
    ("page-phone", "broken", 390, True, True, 1500),
]


def main():
    stage, browser = Stage(sys.argv[1]), Browser()
    folder = sys.argv[2] if len(sys.argv) > 2 else "docs/images"
    try:
        for name, scene, width, dark, phone, height in PICTURES if len(sys.argv) < 4 else eval(sys.argv[3]):
            stage.tell("scene " + scene)
            browser.look(width, 844 if phone else 900, dark=dark, phone=phone)
            browser.open(stage.url)
            browser.wait("!document.querySelector('#view').hidden || !document.querySelector('#empty').hidden")
            browser.picture(f"{folder}/{name}.png", height=height)
        for complaint in browser.complaints():
            print("complaint:", complaint)
    finally:
        browser.close()
        stage.close()


main()
