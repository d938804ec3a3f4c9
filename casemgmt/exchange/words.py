"""Words for people as lists write them: relations to the head, and the ethnic groups."""

from casemgmt.exchange.cells import Doubtful, text
from casemgmt.register.models import Relation
from casemgmt.vietnamese import fold, same

_VARIANTS = {
    Relation.HEAD: ("chủ hộ", "chủ", "bản thân"),
    Relation.WIFE: ("vợ", "vợ chủ hộ"),
    Relation.HUSBAND: ("chồng", "chồng chủ hộ"),
    Relation.CHILD: (
        "con",
        "con đẻ",
        "con ruột",
        "con nuôi",
        "con riêng",
        "con trai",
        "con gái",
        "con cả",
        "con út",
    ),
    Relation.DAUGHTER_IN_LAW: ("con dâu", "dâu"),
    Relation.SON_IN_LAW: ("con rể", "rể"),
    Relation.FATHER: ("bố", "bố đẻ", "bố chồng", "bố vợ", "cha", "cha đẻ", "ba"),
    Relation.MOTHER: ("mẹ", "mẹ đẻ", "mẹ chồng", "mẹ vợ", "má"),
    Relation.GRANDFATHER: ("ông", "ông nội", "ông ngoại"),
    Relation.GRANDMOTHER: ("bà", "bà nội", "bà ngoại"),
    Relation.ELDER_BROTHER: ("anh", "anh trai", "anh ruột", "anh rể"),
    Relation.ELDER_SISTER: ("chị", "chị gái", "chị ruột", "chị dâu"),
    Relation.YOUNGER_SIBLING: ("em", "em trai", "em gái", "em ruột", "em rể", "em dâu"),
    Relation.GRANDCHILD: (
        "cháu",
        "cháu nội",
        "cháu ngoại",
        "cháu trai",
        "cháu gái",
        "cháu ruột",
        "cháu họ",
        "cháu dâu",
        "cháu rể",
        "chắt",
    ),
    Relation.OTHER: ("khác", "ở nhờ", "người ở nhờ", "quan hệ khác"),
}
_RELATIONS = {same(word): relation for relation, words in _VARIANTS.items() for word in words}


def relation(value: object) -> Relation | Doubtful:
    """The relation to the head; usual variants are known, an unknown word is kept as Khác."""
    if not isinstance(value, str):
        raise ValueError("cần quan hệ với chủ hộ bằng chữ, ví dụ Vợ, Con, Cháu")
    known = _RELATIONS.get(same(value))
    return known or Doubtful(
        Relation.OTHER, "không biết quan hệ này: ghi là Khác (biết: " + ", ".join(Relation) + ")"
    )


# The 54 groups of the General Statistics Office's list of 02/03/1979, and what people also write.
ETHNIC_GROUPS = (
    "Kinh", "Tày", "Thái", "Hoa", "Khơ-me", "Mường", "Nùng", "Hmông", "Dao", "Gia-rai", "Ngái",
    "Ê-đê", "Ba-na", "Xơ-đăng", "Sán Chay", "Cơ-ho", "Chăm", "Sán Dìu", "Hrê", "Mnông", "Ra-glai",
    "Xtiêng", "Bru-Vân Kiều", "Thổ", "Giáy", "Cơ-tu", "Gié-Triêng", "Mạ", "Khơ-mú", "Co", "Tà-ôi",
    "Chơ-ro", "Kháng", "Xinh-mun", "Hà Nhì", "Chu-ru", "Lào", "La Chí", "La Ha", "Phù Lá",
    "La Hủ", "Lự", "Lô Lô", "Chứt", "Mảng", "Pà Thẻn", "Cơ Lao", "Cống", "Bố Y", "Si La",
    "Pu Péo", "Brâu", "Ơ-đu", "Rơ-măm",
)  # fmt: skip
_ALSO = (
    "Vân Kiều",
    "Bru",
    "Pa Kô",
    "Pa Cô",
    "Pacoh",
    "Ta-ôi",
    "H'Mông",
    "Mông",
    "Người nước ngoài",
)
_KNOWN_GROUPS = frozenset(map(fold, (*ETHNIC_GROUPS, *_ALSO)))


def ethnicity(value: object) -> str | Doubtful:
    """The ethnic group, kept as it is written; one that no list has is a warning."""
    words = text(value)
    if fold(words) in _KNOWN_GROUPS:
        return words
    return Doubtful(words, "không có trong danh mục 54 dân tộc: vẫn giữ như đã ghi")
