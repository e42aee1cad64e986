using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Escala.Cli.Statistics;
using Escala.Cli.Stores;
using Escala.Numerics;
using Escala.Platform.Texts;

namespace Escala.Cli.Economics;

/// <summary>JSON on standard output: camel case, numbers in full, null for what could not be computed.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FiniteOrNull(), new SaidSentence() },
    };

    public static string ToJson(object value) => JsonSerializer.Serialize(value, s_options);

    public static void WriteJson(object value) => Console.WriteLine(ToJson(value));

    /// <summary>Sentences are English, so that a script reads the same everywhere, unless a language was asked for.</summary>
    private sealed class SaidSentence : JsonConverter<Sentence>
    {
        public override Sentence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Sentence value, JsonSerializerOptions options) => writer.WriteStringValue(Vocabulary.Say(value, Terminal.AskedFor ?? Language.En));
    }

    private sealed class FiniteOrNull : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }
}
