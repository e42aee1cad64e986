namespace Escala.Capture.Forms.Sheets;

/// <summary>The words by which forms say yes and no.</summary>
internal static class YesOrNo
{
    /// <summary>Null where it is neither: then it is an expression.</summary>
    public static bool? Of(string text) => text.ToLowerInvariant() switch
    {
        "yes" or "true" or "true()" => true,
        "no" or "false" or "false()" or "" => false,
        _ => null,
    };
}
