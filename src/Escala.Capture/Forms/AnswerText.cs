using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Escala.Capture.Forms;

/// <summary>
/// Texts and names of a filled form. Half a character, which a device leaves where it cuts an emoji in two, stands in JSON and in no text: what
/// holds one is given as it was written.
/// </summary>
internal static class AnswerText
{
    public static string Of(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return value.ToString();
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText()[1..^1];
        }
    }

    public static string NameOf(JsonProperty answer)
    {
        try
        {
            return answer.Name;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(answer));
        }
    }
}
