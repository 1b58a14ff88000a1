namespace Rouse.Server.Reloading;

/// <summary>What a reload does to who can reach what.</summary>
public enum ExposureKind
{
    /// <summary>Something listens where nothing did.</summary>
    Opened,

    /// <summary>Nothing listens any more where something did.</summary>
    Closed,

    /// <summary>Whoever may come in still may, and more peers or hours.</summary>
    Widened,

    /// <summary>Some peers or hours are shut out, and none is let in anew.</summary>
    Narrowed,

    /// <summary>Neither of the two, or it cannot be told without knowing the peers' names.</summary>
    Changed,
}

/// <summary>One line of an exposure diff.</summary>
/// <param name="Service">The service's id.</param>
/// <param name="Where">Address, port and protocol: <c>*:79/tcp</c>.</param>
/// <param name="Detail">What it means for peers; may be empty.</param>
public readonly record struct ExposureChange(ExposureKind Kind, string Service, string Where, string Detail)
{
    public string KindText => Kind switch
    {
        ExposureKind.Opened => "opened",
        ExposureKind.Closed => "closed",
        ExposureKind.Widened => "widened",
        ExposureKind.Narrowed => "narrowed",
        _ => "changed",
    };

    public override string ToString() => $"{KindText} {Where} ({Service}){(Detail.Length == 0 ? "" : ": ")}{Detail}";
}
