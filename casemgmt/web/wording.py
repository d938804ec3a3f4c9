"""The messages of WTForms in Vietnamese: it brings no catalogue of its own for this language."""

from casemgmt.words import _

_MESSAGES = {
    "Invalid field name '%s'.": "Tên ô “%s” không có trong biểu mẫu.",
    "Field must be equal to %(other_name)s.": "Phải giống ô %(other_name)s.",
    "Field must be at least %(min)d character long.": "Cần ít nhất %(min)d ký tự.",
    "Field cannot be longer than %(max)d character.": "Dài nhất %(max)d ký tự.",
    "Field must be exactly %(max)d character long.": "Cần đúng %(max)d ký tự.",
    "Field must be between %(min)d and %(max)d characters long.": (
        "Cần từ %(min)d đến %(max)d ký tự."
    ),
    "Number must be at least %(min)s.": "Số phải từ %(min)s trở lên.",
    "Number must be at most %(max)s.": "Số lớn nhất là %(max)s.",
    "Number must be between %(min)s and %(max)s.": "Số phải từ %(min)s đến %(max)s.",
    "Date must be at least %(min)s.": "Ngày sớm nhất là %(min)s.",
    "Date must be at most %(max)s.": "Ngày muộn nhất là %(max)s.",
    "Date must be between %(min)s and %(max)s.": "Ngày phải từ %(min)s đến %(max)s.",
    "This field is required.": "Cần điền ô này.",
    "Invalid input.": "Nội dung không đúng dạng.",
    "Invalid email address.": "Địa chỉ thư điện tử không đúng dạng.",
    "Invalid IP address.": "Địa chỉ IP không đúng dạng.",
    "Invalid Mac address.": "Địa chỉ MAC không đúng dạng.",
    "Invalid URL.": "Địa chỉ trang không đúng dạng.",
    "Invalid UUID.": "Mã UUID không đúng dạng.",
    "Invalid value, must be one of: %(values)s.": "Phải là một trong: %(values)s.",
    "Invalid value, can't be any of: %(values)s.": "Không được là: %(values)s.",
    "This field cannot be edited.": "Ô này không sửa được.",
    "This field is disabled and cannot have a value.": "Ô này đang khóa, không nhận giá trị.",
    "Invalid CSRF Token.": "Biểu mẫu đã hết hiệu lực: hãy gửi lại.",
    "CSRF token missing.": "Biểu mẫu thiếu mã bảo vệ: hãy gửi lại.",
    "CSRF failed.": "Biểu mẫu không qua được kiểm tra: hãy gửi lại.",
    "CSRF token expired.": "Biểu mẫu đã hết hiệu lực: hãy gửi lại.",
    "Invalid Choice: could not coerce.": "Lựa chọn không có trong danh sách.",
    "Choices cannot be None.": "Chưa có danh sách để chọn.",
    "Not a valid choice.": "Lựa chọn không có trong danh sách.",
    "Invalid choice(s): one or more data inputs could not be coerced.": (
        "Có lựa chọn không có trong danh sách."
    ),
    "'%(value)s' is not a valid choice for this field.": "“%(value)s” không có trong danh sách.",
    "Not a valid datetime value.": "Cần ngày và giờ.",
    "Not a valid date value.": "Cần ngày dạng dd/mm/yyyy.",
    "Not a valid time value.": "Cần giờ dạng hh:mm.",
    "Not a valid week value.": "Cần tuần trong năm.",
    "Not a valid integer value.": "Cần số nguyên.",
    "Not a valid decimal value.": "Cần một số.",
    "Not a valid float value.": "Cần một số.",
}


class Vietnamese:
    """What WTForms asks for its messages, in the language of the request."""

    def gettext(self, message: str) -> str:
        """The message in Vietnamese."""
        return _(_MESSAGES.get(message, message))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Vietnamese has no plural: the singular's message."""
        return _(_MESSAGES.get(singular, plural))
