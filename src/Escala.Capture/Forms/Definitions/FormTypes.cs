using System.Collections.Frozen;

namespace Escala.Capture.Forms.Definitions;

/// <summary>The types of items: what XLSForm calls them, and by which other names forms call them.</summary>
public static class FormTypes
{
    public const string Group = "group";
    public const string Repeat = "repeat";
    public const string SelectOne = "select_one";
    public const string SelectMultiple = "select_multiple";
    public const string Rank = "rank";
    public const string Note = "note";
    public const string Calculate = "calculate";
    public const string Hidden = "hidden";
    public const string Integer = "integer";
    public const string Decimal = "decimal";
    public const string Range = "range";
    public const string Date = "date";
    public const string Time = "time";
    public const string DateTime = "dateTime";
    public const string GeoPoint = "geopoint";
    public const string Acknowledge = "acknowledge";
    public const string Text = "text";

    /// <summary>Filled by the device, and from what.</summary>
    public static readonly IReadOnlyList<string> Metadata = ["start", "end", "today", "username", "deviceid", "phonenumber", "email", "audit", "start-geopoint"];

    internal static readonly IReadOnlyList<string> Questions =
    [
        Text, Integer, Decimal, Range, Date, Time, DateTime, Note, Calculate, Acknowledge, "barcode", GeoPoint, "image", "audio", "file", Hidden, .. Metadata,
    ];

    /// <summary>Known to XLSForm, and not to Escala.</summary>
    internal static readonly FrozenSet<string> Unsupported = FrozenSet.ToFrozenSet(
    [
        "video", "geotrace", "geoshape", "background-audio", "background-geopoint", "osm", "xml-external", "csv-external", "include", "loop", "cascading_select",
        "simserial", "subscriberid", "select_multiple_external",
    ]);

    /// <summary>As written, in lower case with single spaces. Those with a limit become an integer or a text with that constraint.</summary>
    internal static readonly FrozenDictionary<string, (string Type, string? Constraint)> Aliases = new Dictionary<string, (string, string?)>
    {
        ["string"] = (Text, null),
        ["q string"] = (Text, null),
        ["add text prompt"] = (Text, null),
        ["int"] = (Integer, null),
        ["q int"] = (Integer, null),
        ["add integer prompt"] = (Integer, null),
        ["q decimal"] = (Decimal, null),
        ["add decimal prompt"] = (Decimal, null),
        ["q date"] = (Date, null),
        ["add date prompt"] = (Date, null),
        ["datetime"] = (DateTime, null),
        ["date time"] = (DateTime, null),
        ["q datetime"] = (DateTime, null),
        ["q date time"] = (DateTime, null),
        ["add datetime prompt"] = (DateTime, null),
        ["add date time prompt"] = (DateTime, null),
        ["q note"] = (Note, null),
        ["add note prompt"] = (Note, null),
        ["q calculate"] = (Calculate, null),
        ["add calculate prompt"] = (Calculate, null),
        ["calculation"] = (Calculate, null),
        ["trigger"] = (Acknowledge, null),
        ["q acknowledge"] = (Acknowledge, null),
        ["add acknowledge prompt"] = (Acknowledge, null),
        ["q barcode"] = ("barcode", null),
        ["add barcode prompt"] = ("barcode", null),
        ["gps"] = (GeoPoint, null),
        ["location"] = (GeoPoint, null),
        ["q geopoint"] = (GeoPoint, null),
        ["q location"] = (GeoPoint, null),
        ["add location prompt"] = (GeoPoint, null),
        ["photo"] = ("image", null),
        ["q picture"] = ("image", null),
        ["q image"] = ("image", null),
        ["add image prompt"] = ("image", null),
        ["add photo prompt"] = ("image", null),
        ["q audio"] = ("audio", null),
        ["add audio prompt"] = ("audio", null),
        ["add file prompt"] = ("file", null),
        ["q video"] = ("video", null),
        ["add video prompt"] = ("video", null),
        ["start time"] = ("start", null),
        ["get start time"] = ("start", null),
        ["end time"] = ("end", null),
        ["get end time"] = ("end", null),
        ["get today"] = ("today", null),
        ["imei"] = ("deviceid", null),
        ["device id"] = ("deviceid", null),
        ["get device id"] = ("deviceid", null),
        ["get phone number"] = ("phonenumber", null),
        ["phone number"] = (Text, "regex(., '^[0-9]*$')"),
        ["percentage"] = (Integer, "0 <= . and . <= 100"),
        ["number of days in last month"] = (Integer, "0 <= . and . <= 31"),
        ["number of days in last six months"] = (Integer, "0 <= . and . <= 183"),
        ["number of days in last year"] = (Integer, "0 <= . and . <= 365"),
        ["sim id"] = ("simserial", null),
        ["get sim id"] = ("simserial", null),
        ["subscriber id"] = ("subscriberid", null),
        ["get subscriber id"] = ("subscriberid", null),
        ["cascading select"] = ("cascading_select", null),
    }.ToFrozenDictionary();

    /// <summary>What precedes the name of a list, the longest first.</summary>
    internal static readonly IReadOnlyList<(string Words, string Type)> Selects =
    [
        ("add select multiple prompt using", SelectMultiple),
        ("add select one prompt using", SelectOne),
        ("select all that apply from", SelectMultiple),
        ("select_multiple_from_file", SelectMultiple),
        ("select multiple from file", SelectMultiple),
        ("select multiple using", SelectMultiple),
        ("select all that apply", SelectMultiple),
        ("select multiple from", SelectMultiple),
        ("select_one_from_file", SelectOne),
        ("select one from file", SelectOne),
        ("select_one_external", SelectOne),
        ("select one external", SelectOne),
        ("select one using", SelectOne),
        ("select one from", SelectOne),
        ("select_multiple", SelectMultiple),
        ("select multiple", SelectMultiple),
        ("select_one", SelectOne),
        ("select one", SelectOne),
        ("select1", SelectOne),
        ("rank", Rank),
    ];

    public static bool IsContainer(string type) => type is Group or Repeat;

    public static bool IsSelect(string type) => type is SelectOne or SelectMultiple or Rank;

    /// <summary>Asked of a person, rather than computed or filled by the device.</summary>
    public static bool IsAsked(string type) => !IsContainer(type) && type is not (Calculate or Hidden) && !Metadata.Contains(type);
}
