namespace Escala.Registry;

/// <summary>A facility's code, a window as it is written (2025-03), and a step: of each one tally stands.</summary>
public readonly record struct TallyKey(string Facility, string Window, string Step);
