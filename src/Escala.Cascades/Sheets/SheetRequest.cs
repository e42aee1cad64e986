using System.Globalization;
using Escala.Platform.Problems;
using Escala.Programmes;

namespace Escala.Cascades.Sheets;

/// <summary>Which sheets were asked for, in the words of the command line and of the address line.</summary>
public sealed record SheetRequest(
    string? Facility, string? District, bool All, string? Month, string? From, string? To, string? End, string? Target)
{
    /// <summary>The word for the target that facilities set.</summary>
    public const string BestQuarter = "best-quarter";

    /// <summary>Several places or windows were asked for, so the answer is a list even when it has one member.</summary>
    public bool IsSeveral => All || From is not null || To is not null;

    public Result<IReadOnlyList<CascadeSheet>> Read(SheetReader reader)
    {
        if ((Facility is null ? 0 : 1) + (District is null ? 0 : 1) + (All ? 1 : 0) != 1) return Problem.Of("cascades.sheet.no-choice");
        var choice = Choice();
        if (!choice.IsOk) return Result<IReadOnlyList<CascadeSheet>>.Refused(choice.Problems);
        var windows = Windows(reader.Programme.Window);
        if (!windows.IsOk) return Result<IReadOnlyList<CascadeSheet>>.Refused(windows.Problems);
        var sheets = new List<CascadeSheet>();
        foreach (var window in windows.Value)
        {
            var read = All ? reader.AllFacilities(window, choice.Value) : One(reader, window, choice.Value);
            if (!read.IsOk) return read;
            sheets.AddRange(read.Value);
        }

        return sheets;
    }

    private Result<IReadOnlyList<CascadeSheet>> One(SheetReader reader, Window window, SheetChoice choice)
    {
        var sheet = reader.Sheet(Facility ?? District!, window, choice);
        if (!sheet.IsOk) return Result<IReadOnlyList<CascadeSheet>>.Refused(sheet.Problems);
        var place = sheet.Value.Place;
        if (place.IsSum != District is not null)
        {
            return Problem.Of(place.IsSum ? "cascades.sheet.not-a-facility" : "cascades.sheet.not-a-district", ("place", place.Code));
        }

        return new[] { sheet.Value };
    }

    public Result<SheetChoice> Choice()
    {
        if (Target is null) return new SheetChoice(End);
        if (Target == BestQuarter) return new SheetChoice(End, new TargetChoice.BestQuarter());
        // 0,9 is how most of our readers write 0.9; nothing here is large enough for a mark of thousands.
        return double.TryParse(Target.Contains('.', StringComparison.Ordinal) ? Target : Target.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
            ? new SheetChoice(End, new TargetChoice.Share(share))
            : Problem.Of("cascades.sheet.target-number", ("target", Target));
    }

    /// <summary>Ten years of months: an answer has an end.</summary>
    private const int MostWindows = 120;

    private Result<IReadOnlyList<Window>> Windows(WindowKind kind)
    {
        if ((Month ?? From ?? To) is null || (Month is not null && (From ?? To) is not null) || (Month is null && (From is null || To is null)))
        {
            return Problem.Of("cascades.sheet.no-window", ("example", WindowText.Example(kind)));
        }

        var (first, last) = (WindowText.Parse(kind, Month ?? From!), WindowText.Parse(kind, Month ?? To!));
        if (!first.IsOk || !last.IsOk) return Result<IReadOnlyList<Window>>.Refused(first.IsOk ? last.Problems : first.Problems);
        if (last.Value.Number < first.Value.Number) return Problem.Of("cascades.sheet.window-order", ("from", first.Value), ("to", last.Value));
        if (last.Value.Number - first.Value.Number >= MostWindows) return Problem.Of("cascades.sheet.too-many-windows", ("most", MostWindows));
        return Enumerable.Range(first.Value.Number, last.Value.Number - first.Value.Number + 1).Select(n => new Window(kind, n)).ToArray();
    }
}
