using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Escala.Cli.Stores;
using Escala.Numerics;
using Escala.Platform.Texts;

namespace Escala.Cli.Statistics;

/// <summary>Numbers of the command line: a decimal point, no thousands, the same on every computer.</summary>
internal static class NumberOptions
{
    /// <summary>Gives every option of one number, of a command and those below it, the one way to read it.</summary>
    // The library's own way takes a comma for a mark of thousands: 147,5 would be 1475.
    public static void ReadStrictly(Command command)
    {
        foreach (var option in command.Options)
        {
            Read<double>(option, NumberStyles.Float);
            Read<int>(option, NumberStyles.AllowLeadingSign);
            Read<ulong>(option, NumberStyles.None);
        }
        foreach (var below in command.Subcommands) ReadStrictly(below);
    }

    private static void Read<T>(Option option, NumberStyles styles) where T : struct, INumber<T>
    {
        if (option is Option<T> plain) plain.CustomParser = result => Number<T>(result, option.Name, styles) ?? default;
        if (option is Option<T?> optional) optional.CustomParser = result => Number<T>(result, option.Name, styles);
    }

    private static T? Number<T>(ArgumentResult result, string option, NumberStyles styles) where T : struct, INumber<T>
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        if (T.TryParse(text, styles, CultureInfo.InvariantCulture, out var number) && T.IsFinite(number)) return number;
        var sentence = styles == NumberStyles.Float
            ? new Sentence("numerics.option.decimal-point", "{option} is '{text}', which is not a number. Write it with a decimal point, without thousands separators.", ("option", option), ("text", text))
            : new Sentence("numerics.option.whole-number", "{option} is '{text}', which is not a whole number. Write it in digits alone.", ("option", option), ("text", text));
        result.AddError(Vocabulary.Say(sentence, Languages.Parse(result.GetValue(Terminal.Lang)) ?? Terminal.Language));
        return null;
    }
}
