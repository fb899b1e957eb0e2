"""The zip packages of .docx and .xlsx, opened with bounds; and their XML, without entities."""

import io
import zipfile

from lxml import etree

from sanwei_flow.errors import N_

from ..problems import PlanReadError, PlanTooLargeError

_MOST_PARTS = 5_000
_MOST_BYTES = 200 * 1024 * 1024
_MOST_PART_BYTES = 32 * 1024 * 1024
DAMAGED = N_("文件已损坏，打不开。")


class Package:
    """A zip file whose parts are read one by one, each within bounds."""

    def __init__(self, data: bytes) -> None:
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(data))
            parts = self.zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise PlanReadError(DAMAGED) from error
        self.names = {part.filename for part in parts}
        if any(part.flag_bits & 1 for part in parts):
            raise PlanReadError(N_("文件有密码保护，请先取消密码再上传。"))
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
            raise PlanTooLargeError(N_("文件解压后过大，请只保留方案正文和附件表。"))

    def read(self, name: str) -> bytes:
        try:
            with self.zip.open(name) as part:
                data = part.read(_MOST_PART_BYTES + 1)
        except Exception as error:
            raise PlanReadError(DAMAGED) from error
        if len(data) > _MOST_PART_BYTES:
            raise PlanTooLargeError(N_("文件解压后过大，请只保留方案正文和附件表。"))
        return data

    def xml(self, name: str) -> etree._Element:
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            return etree.fromstring(self.read(name), parser)
        except etree.XMLSyntaxError as error:
            raise PlanReadError(DAMAGED) from error
