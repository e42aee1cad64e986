namespace Escala.Registry;

/// <summary>Kinds of entries that are derived from here on. Others are kept, passed on and ignored.</summary>
public static class EntryKinds
{
    /// <summary>A programme package: its files. Takes force where it stands.</summary>
    public const string Programme = "programme";

    /// <summary>Places that replace those of the package.</summary>
    public const string Places = "places";

    /// <summary>One register row, or its correction (replaces).</summary>
    public const string Visit = "visit";

    /// <summary>Takes a row back (withdraws).</summary>
    public const string Withdrawal = "withdrawal";

    /// <summary>A row that nobody could mend is given up: its bytes; author and reason are the origin's.</summary>
    public const string Discard = "row.discard";

    /// <summary>The subject is the person in the body.</summary>
    public const string Merge = "person.merge";

    public const string Unmerge = "person.unmerge";

    /// <summary>The bodies about the people in this body are destroyed.</summary>
    public const string Erasure = "person.erasure";

    /// <summary>Up to which day a source is complete, and how many rows it should have.</summary>
    public const string Declaration = "declaration";
}

/// <summary>Classes of access (design.md 1).</summary>
public static class EntryClasses
{
    public const string Clinical = "clinical";
    public const string Delivery = "delivery";
    public const string Improvement = "improvement";
}
