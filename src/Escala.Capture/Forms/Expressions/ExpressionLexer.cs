namespace Escala.Capture.Forms.Expressions;

internal enum TokenKind
{
    Number, Text, Name, Reference, Symbol, End,
}

internal readonly record struct Token(TokenKind Kind, string Text, int At);

/// <summary>Divides an expression into tokens. Whether <c>and</c>, <c>div</c> or <c>*</c> is an operator, the parser knows by where it stands.</summary>
internal static class ExpressionLexer
{
    /// <summary>Characters of one expression. The longest of the forms in the wild have a few thousand.</summary>
    public const int MostCharacters = 8000;

    private static readonly string[] s_symbols = ["!=", "<=", ">=", "..", "//", "::", "(", ")", "[", "]", ",", "=", "<", ">", "+", "-", "*", "/", "|", ".", "@"];

    public static List<Token> Tokens(string written)
    {
        if (written.Length > MostCharacters) throw new ExpressionFault("expression-too-long", 1, ("length", written.Length), ("most", MostCharacters));
        var text = Straight(written);
        var tokens = new List<Token>();
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            var (kind, value, next) = c switch
            {
                '\'' or '"' => Quoted(text, i),
                '$' => Reference(text, i),
                _ when char.IsAsciiDigit(c) || (c == '.' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1])) => Number(text, i),
                _ when IsNameStart(c) => Name(text, i),
                _ => Symbol(text, i),
            };
            tokens.Add(new Token(kind, value, i + 1));
            i = next;
        }

        tokens.Add(new Token(TokenKind.End, "", text.Length + 1));
        return tokens;
    }

    public static bool IsNameStart(char c) => char.IsLetter(c) || c == '_';

    public static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.';

    // Spreadsheets turn quotation marks while one types.
    private static string Straight(string text) => text.Replace('‘', '\'').Replace('’', '\'').Replace('“', '"').Replace('”', '"');

    private static (TokenKind Kind, string Value, int Next) Quoted(string text, int start)
    {
        var end = text.IndexOf(text[start], start + 1);
        return end < 0
            ? throw new ExpressionFault("quote-open", start + 1)
            : (TokenKind.Text, text[(start + 1)..end], end + 1);
    }

    private static (TokenKind Kind, string Value, int Next) Reference(string text, int start)
    {
        var end = start + 1 < text.Length && text[start + 1] == '{' ? text.IndexOf('}', start) : -1;
        return end < 0
            ? throw new ExpressionFault("reference-open", start + 1)
            : (TokenKind.Reference, text[(start + 2)..end].Trim(), end + 1);
    }

    private static (TokenKind Kind, string Value, int Next) Number(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (end < text.Length && text[end] == '.')
        {
            end++;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        }

        return (TokenKind.Number, text[start..end], end);
    }

    private static (TokenKind Kind, string Value, int Next) Name(string text, int start)
    {
        var end = start;
        while (end < text.Length && (IsNamePart(text[end]) || IsPrefix(text, start, end))) end++;
        return (TokenKind.Name, text[start..end], end);
    }

    // One colon between two parts of a name, as in jr:choice-name; two are an axis.
    private static bool IsPrefix(string text, int start, int colon) =>
        text[colon] == ':' && colon + 1 < text.Length && IsNameStart(text[colon + 1]) && text.IndexOf(':', start) == colon;

    private static (TokenKind Kind, string Value, int Next) Symbol(string text, int start)
    {
        foreach (var symbol in s_symbols)
        {
            if (string.CompareOrdinal(text, start, symbol, 0, symbol.Length) == 0) return (TokenKind.Symbol, symbol, start + symbol.Length);
        }

        throw new ExpressionFault("character-unknown", start + 1, ("character", text[start]));
    }
}
