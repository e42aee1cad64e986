using ExcelDataReader.Exceptions;

namespace Escala.Capture.Registers;

/// <summary>What the library throws at a workbook that is damaged, or made to look like one: it is the file's fault, and told as such.</summary>
internal static class WorkbookFault
{
    public static bool IsIn(Exception e) => e is ExcelReaderException or InvalidDataException or System.Xml.XmlException or FormatException or OverflowException or IndexOutOfRangeException
        or ArgumentException or NullReferenceException or InvalidOperationException or InvalidCastException or KeyNotFoundException or NotSupportedException or EndOfStreamException;
}
