namespace Escala.Capture.Forms.Sessions;

/// <summary>What a form may ask of the world. Clock, chance and ids are given, so that the same answers give the same form again.</summary>
/// <param name="Now">The instant at the device's clock: <c>2026-03-01T08:30:00.000+02:00</c>.</param>
/// <param name="Random">A number from 0, below 1.</param>
/// <param name="Uuid">An id that nobody had.</param>
public sealed record FormEnvironment(string Now, Func<double> Random, Func<string> Uuid)
{
    /// <summary>Index of the language in which labels are read.</summary>
    public int Language { get; init; }

    /// <summary>What fills username, deviceid, phonenumber, email and start-geopoint.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
