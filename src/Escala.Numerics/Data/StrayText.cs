using System.Globalization;

namespace Escala.Numerics.Data;

/// <summary>Texts that stand among the numbers of a column, told by their place and not by what they say.</summary>
public static class StrayText
{
    /// <summary>Share of texts up to which a column is one of numbers with slips in it.</summary>
    public const double MostSlips = 0.05;

    /// <summary>Where the texts of a column stand; null where it holds none, nothing but texts, or more texts than asked for.</summary>
    /// <param name="data">Data.</param>
    /// <param name="name">A column of them.</param>
    /// <param name="most">Largest share of texts among the values, 0 to 1.</param>
    public static Sentence? In(DataFrame data, string name, double most)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data[name] is not FactorColumn column) return null;
        var isNumber = column.LevelArray.Select(l => double.TryParse(l, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)).ToArray();
        var (first, texts, numbers) = (-1, 0, 0);
        for (var i = 0; i < column.Count; i++)
        {
            if (column.Codes[i] < 0) continue;
            if (isNumber[column.Codes[i]]) { numbers++; continue; }
            if (first < 0) first = i;
            texts++;
        }
        if (texts == 0 || numbers == 0 || texts > most * (texts + numbers)) return null;
        (string, object?)[] gaps = [("column", name), ("place", data.Columns.Index().First(c => c.Item.Name == name).Index + 1), ("row", first + 1), ("texts", texts), ("numbers", numbers)];
        return texts == 1
            ? new Sentence("numerics.data.stray", "{column} (column {place}): data row {row} is not a number; all others are. Correct it, or leave it empty.", gaps)
            : new Sentence("numerics.data.strays", "{column} (column {place}): data row {row} is the first of {texts} that are not numbers; the other {numbers} are. Correct them, or leave them empty.", gaps);
    }
}
