using System.Collections.Frozen;

namespace Escala.Capture.Forms.Expressions;

/// <summary>What an expression gives, as far as its text shows.</summary>
internal enum Gives
{
    Anything, Number, Text, Truth, Nodes,
}

/// <param name="Most">null where any number of arguments may follow.</param>
/// <param name="NeedsNodes">Arguments, from 0, that must be nodes: a reference or a path.</param>
internal sealed record FunctionSignature(int Least, int? Most, Gives Gives, params int[] NeedsNodes);

/// <summary>The functions that a form may call.</summary>
internal static class Functions
{
    public const string ChoiceName = "jr:choice-name";

    public static readonly FrozenDictionary<string, FunctionSignature> Known = new Dictionary<string, FunctionSignature>
    {
        ["if"] = new(3, 3, Gives.Anything),
        ["coalesce"] = new(2, null, Gives.Text),
        ["once"] = new(1, 1, Gives.Text),
        ["selected"] = new(2, 2, Gives.Truth),
        ["selected-at"] = new(2, 2, Gives.Text),
        ["count-selected"] = new(1, 1, Gives.Number),
        [ChoiceName] = new(2, 2, Gives.Text),
        ["pulldata"] = new(4, 4, Gives.Text),
        ["instance"] = new(1, 1, Gives.Nodes),
        ["current"] = new(0, 0, Gives.Nodes),
        ["indexed-repeat"] = new(3, 7, Gives.Nodes, 0, 1),
        ["position"] = new(0, 1, Gives.Number, 0),
        ["last"] = new(0, 0, Gives.Number),
        ["count"] = new(1, 1, Gives.Number, 0),
        ["count-non-empty"] = new(1, 1, Gives.Number, 0),
        ["sum"] = new(1, 1, Gives.Number, 0),
        ["min"] = new(1, null, Gives.Number),
        ["max"] = new(1, null, Gives.Number),
        ["join"] = new(2, null, Gives.Text),
        ["concat"] = new(1, null, Gives.Text),
        ["string"] = new(0, 1, Gives.Text),
        ["string-length"] = new(0, 1, Gives.Number),
        ["normalize-space"] = new(0, 1, Gives.Text),
        ["substr"] = new(2, 3, Gives.Text),
        ["substring"] = new(2, 3, Gives.Text),
        ["substring-before"] = new(2, 2, Gives.Text),
        ["substring-after"] = new(2, 2, Gives.Text),
        ["translate"] = new(3, 3, Gives.Text),
        ["contains"] = new(2, 2, Gives.Truth),
        ["starts-with"] = new(2, 2, Gives.Truth),
        ["ends-with"] = new(2, 2, Gives.Truth),
        ["regex"] = new(2, 2, Gives.Truth),
        ["boolean"] = new(1, 1, Gives.Truth),
        ["boolean-from-string"] = new(1, 1, Gives.Truth),
        ["not"] = new(1, 1, Gives.Truth),
        ["true"] = new(0, 0, Gives.Truth),
        ["false"] = new(0, 0, Gives.Truth),
        ["number"] = new(0, 1, Gives.Number),
        ["int"] = new(1, 1, Gives.Number),
        ["round"] = new(1, 2, Gives.Number),
        ["floor"] = new(1, 1, Gives.Number),
        ["ceiling"] = new(1, 1, Gives.Number),
        ["abs"] = new(1, 1, Gives.Number),
        ["pow"] = new(2, 2, Gives.Number),
        ["sqrt"] = new(1, 1, Gives.Number),
        ["exp"] = new(1, 1, Gives.Number),
        ["exp10"] = new(1, 1, Gives.Number),
        ["log"] = new(1, 1, Gives.Number),
        ["log10"] = new(1, 1, Gives.Number),
        ["sin"] = new(1, 1, Gives.Number),
        ["cos"] = new(1, 1, Gives.Number),
        ["tan"] = new(1, 1, Gives.Number),
        ["asin"] = new(1, 1, Gives.Number),
        ["acos"] = new(1, 1, Gives.Number),
        ["atan"] = new(1, 1, Gives.Number),
        ["atan2"] = new(2, 2, Gives.Number),
        ["pi"] = new(0, 0, Gives.Number),
        ["random"] = new(0, 0, Gives.Number),
        ["uuid"] = new(0, 1, Gives.Text),
        ["today"] = new(0, 0, Gives.Text),
        ["now"] = new(0, 0, Gives.Text),
        ["date"] = new(1, 1, Gives.Text),
        ["date-time"] = new(1, 1, Gives.Text),
        ["decimal-date-time"] = new(1, 1, Gives.Number),
        ["decimal-time"] = new(1, 1, Gives.Number),
        ["format-date"] = new(2, 2, Gives.Text),
        ["format-date-time"] = new(2, 2, Gives.Text),
    }.ToFrozenDictionary();

    /// <summary>Functions of ODK, Enketo or CommCare that are understood and not carried out.</summary>
    public static readonly FrozenSet<string> Unsupported = FrozenSet.ToFrozenSet(
    [
        "digest", "randomize", "area", "distance", "geofence", "checklist", "weighted-checklist", "base64-decode", "extract-signed", "jr:itext", "intersects",
        "upper-case", "lower-case", "property", "last-saved", "is-selected", "depend", "cond", "uuid-v5", "id", "lang", "local-name", "name", "namespace-uri",
        "difference-in-months", "add-date", "cht:difference-in-months", "parse-timestamp-to-date", "z-score", "to-bikram-sambat", "comment-status",
    ]);

    /// <summary>What the format of a date may ask for after a per cent sign.</summary>
    public const string DateMarks = "Yymnbdea";

    public const string TimeMarks = "HhMS3";
}
