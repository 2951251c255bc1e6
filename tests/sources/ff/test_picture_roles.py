"""What the pictures of an FF event show: by their names, by the event, and by their shape."""

import base64
import json

import pytest

from tests.common import shown
from tests.emulators.ff import embedded, image
from tests.emulators.http import Field
from tests.emulators.pictures import jpeg

VIEW = jpeg("view", (320, 200))
CROP = jpeg("crop", (100, 30))
# As high as a picture of a camera: its shape says nothing.
SQUARE_PLATE = jpeg("motorbike", (120, 90))
NAMES = {
    "roi": "20231211142705_954662roi_MWR6677_2117394.jpg",
    "lp": "20231211142706_413731lp_HWR6677_2117396.jpg",
}


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


class TestNames:
    """A name's shape says it, never the letters of a plate or make in it."""

    @pytest.mark.parametrize("order", [1, -1])
    async def test_vendor_names(self, hass, ff, ff_entry, order) -> None:
        pictures = [
            image("image", VIEW, NAMES["roi"]),
            Field("file", SQUARE_PLATE, NAMES["lp"], "application/octet-stream"),
        ]
        assert (await ff.send_form(ff.event(), pictures[::order])).status == 200
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        assert await shown(hass, ff_entry, "plate") == SQUARE_PLATE

    @pytest.mark.parametrize(
        "name",
        [
            "20240913141423_613_LP21ABC_GBR_Alpine_A110.jpg",
            "20240913141423_613_ROI123_GBR_LP.Alpina.jpg",
            "Alpine.jpg",
            "help.jpg",
        ],
    )
    async def test_letters_of_a_plate_or_make(self, hass, ff, ff_entry, plates, name) -> None:
        await ff.send_form(ff.event(imageType=""), [image("image", VIEW, name)])
        assert plates[0].data["plate_picture"] is None
        assert await shown(hass, ff_entry, "snapshot") == VIEW


class TestEvent:
    """The event says of which file it speaks."""

    async def test_image_file_and_second_one(self, hass, ff, ff_entry) -> None:
        event = ff.event(
            imageType="vehicle", imageFile="localdata/images/1/a.jpg", imageFile2="localdata/images/2/b.jpg"
        )
        await ff.send_form(event, [image("image", SQUARE_PLATE, "b.jpg"), image("image2", VIEW, "a.jpg")])
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        assert await shown(hass, ff_entry, "plate") == SQUARE_PLATE

    async def test_shape_of_the_image_files_name(self, hass, ff, ff_entry) -> None:
        """As in the vendor's sample, whose imageType is plate all the same."""
        event = ff.event(imageType="plate", imageFile=f"x/{NAMES['roi']}", imageFile2=f"y/{NAMES['lp']}")
        await ff.send_form(event, [image("image", VIEW), image("image", SQUARE_PLATE)])
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        assert await shown(hass, ff_entry, "plate") == SQUARE_PLATE

    async def test_second_one_is_the_plates(self, hass, ff, ff_entry) -> None:
        pictures = [{"BinaryImage": text(VIEW)}, {"BinaryImage": text(SQUARE_PLATE)}]
        await ff.send_json(ff.event(imageType="", ImageArray=pictures))
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        assert await shown(hass, ff_entry, "plate") == SQUARE_PLATE

    async def test_second_one_alone_can_be_used(self, hass, ff, ff_entry, plates) -> None:
        await ff.send_form(ff.event(), [image("image", VIEW[:200]), image("image2", SQUARE_PLATE)])
        assert plates[0].data["plate_picture"] is not None
        assert await shown(hass, ff_entry, "plate") == SQUARE_PLATE

    async def test_kind_of_the_event_where_the_picture_has_none(self, hass, ff, ff_entry) -> None:
        await ff.send_json(ff.event(imageType="plate", ImageArray=[embedded("", SQUARE_PLATE)]))
        assert await shown(hass, ff_entry, "plate") == SQUARE_PLATE


class TestShape:
    """Twice as wide as high, and lower than 200 pixels: that is a plate."""

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "GIF"])
    async def test_alone(self, hass, ff, ff_entry, plates, kind) -> None:
        crop = jpeg("crop", (100, 30), kind=kind)
        await ff.send_form(ff.event(imageType=""), [image("image", crop, "image")])
        assert plates[0].data["plate_picture"] is not None
        assert await shown(hass, ff_entry, "plate") == crop

    @pytest.mark.parametrize("size", [(800, 400), (90, 60), (640, 360)])
    async def test_others_are_none(self, ff, plates, size) -> None:
        await ff.send_form(ff.event(imageType=""), [image("image", jpeg("x", size))])
        assert plates[0].data["plate_picture"] is None

    @pytest.mark.parametrize("image_type", ["", "vehicle", "plate"])
    async def test_plate_before_the_view(self, hass, ff, ff_entry, image_type) -> None:
        pictures = [image("image", CROP), image("image2", VIEW)]
        await ff.send_form(ff.event(imageType=image_type), pictures)
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        assert await shown(hass, ff_entry, "plate") == CROP

    async def test_what_the_event_says_counts_more(self, hass, ff, ff_entry, plates) -> None:
        await ff.send_form(ff.event(imageType="vehicle"), [image("image", CROP)])
        assert plates[0].data["plate_picture"] is None


class TestImageArray:
    """An object, a text, a list of texts; with or without the head of a data URL."""

    @pytest.mark.parametrize("head", ["", "data:image/jpeg;base64,", "data:image/png;charset=utf-8;base64,"])
    @pytest.mark.parametrize(
        "wrap",
        [
            lambda it: {"ImageType": "vehicle", "ImageFormat": "jpeg", "BinaryImage": it},
            lambda it: it,
            lambda it: [it],
            lambda it: [{"binaryimage": it}],
            lambda it: json.dumps([{"ImageType": "vehicle", "BinaryImage": it}]),
            lambda it: " " + json.dumps({"BinaryImage": it}),
        ],
        ids=["object", "text", "list of texts", "other spelling", "JSON in a text", "object in a text"],
    )
    async def test_ways_to_write_it(self, hass, ff, ff_entry, plates, head, wrap) -> None:
        assert (await ff.send_json(ff.event(imagearray=wrap(head + text(VIEW))))).status == 200
        assert "imagearray" not in plates[0].data["details"]
        assert await shown(hass, ff_entry, "snapshot") == VIEW

    async def test_what_is_no_picture_costs_no_read(self, ff, ff_entry, plates) -> None:
        for array in ([7, None, {}], {"BinaryImage": 7}, "data:,x", [["x"]], "[1", "{}"):
            assert (await ff.send_json(ff.event(carID=str(len(plates)), ImageArray=array))).status == 200
        assert [it.data["picture"] for it in plates] == [None] * 6
        assert ff_entry.runtime_data.traffic.unusable_pictures >= 3
