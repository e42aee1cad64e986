namespace Escala.Registry;

/// <summary>Kinds of entries that are derived from here on. Others are kept, passed on and ignored.</summary>
public static class EntryKinds
{
    /// <summary>A programme package: its files. Takes force where it stands.</summary>
    public const string Programme = "programme";

    /// <summary>Places that replace those of the package.</summary>
    public const string Places = "places";

    /// <summary>What the office set for places: all of it, each time.</summary>
    public const string PlaceSettings = "place.settings";

    /// <summary>One register row, or its correction (replaces).</summary>
    public const string Visit = "visit";

    /// <summary>Takes a row back (withdraws).</summary>
    public const string Withdrawal = "withdrawal";

    /// <summary>A row that nobody could mend is given up: its bytes; author and reason are the origin's.</summary>
    public const string Discard = "row.discard";

    /// <summary>An entry of a device that was refused is given up, or withdrawn by its author (withdraws): as it came; author and reason are the origin's.</summary>
    public const string EntryDiscard = "entry.discard";

    /// <summary>Registers a person, says more of one: fields, identifiers, identifiers that are used no more.</summary>
    public const string Person = "person";

    public const string Consent = "consent";

    /// <summary>Somebody overdue was called.</summary>
    public const string Call = "call";

    /// <summary>A form of the programme was filled in about the person.</summary>
    public const string Form = "form";

    /// <summary>Monthly counts of a facility whose rows nobody types.</summary>
    public const string Tally = "tally";

    /// <summary>A group session.</summary>
    public const string Session = "session";

    /// <summary>The subject is the person in the body.</summary>
    public const string Merge = "person.merge";

    public const string Unmerge = "person.unmerge";

    /// <summary>The subject and the person in the body are two.</summary>
    public const string Apart = "person.apart";

    /// <summary>The bodies about the people in this body are destroyed.</summary>
    public const string Erasure = "person.erasure";

    /// <summary>Up to which day a source is complete, and how many rows it should have.</summary>
    public const string Declaration = "declaration";

    /// <summary>Entries that say something about a person and are no register row.</summary>
    public static bool IsStatement(string kind) => kind is Person or Consent or Call or Form or Merge or Unmerge or Apart;

    /// <summary>Of somebody who was erased nothing of the kind is taken any more.</summary>
    public static bool IsAboutSomebody(string kind) => kind is Visit or Withdrawal or Person or Consent or Call or Form;
}

/// <summary>Classes of access: these travel to devices of the places that they concern.</summary>
public static class EntryClasses
{
    public const string Clinical = "clinical";
    public const string Delivery = "delivery";
    public const string Improvement = "improvement";
}
