namespace Rouse.Access.Wrappers;

/// <summary>What is known of a name that the rules may ask for: of a host's, or of the user behind a connection.</summary>
public enum WrapperNameState
{
    /// <summary>Nobody has looked it up. Where a rule wants it, the verdict is <see cref="WrapperOutcome.Asks"/>.</summary>
    NotAsked,

    /// <summary>The look-up gave none, failed, or took too long.</summary>
    Unknown,

    /// <summary>There is a name, but it does not lead back to the address. For hosts only.</summary>
    Paranoid,

    Known,
}

/// <summary>A name as the rules see it. What is not known has a word in its place, which patterns can match (hosts_access(5)).</summary>
public readonly record struct WrapperName
{
    /// <summary>No name of a request is longer; the original cuts what is.</summary>
    internal const int Longest = 127;

    internal const string UnknownWord = "unknown";
    internal const string ParanoidWord = "paranoid";

    private readonly string? _text;

    private WrapperName(WrapperNameState state, string text)
    {
        State = state;
        _text = text.Length > Longest ? text[..Longest] : text;
    }

    public static WrapperName NotAsked => default;

    public static WrapperName Unknown => new(WrapperNameState.Unknown, UnknownWord);

    public static WrapperName Paranoid => new(WrapperNameState.Paranoid, ParanoidWord);

    /// <summary>One char a byte; an empty name is none.</summary>
    public static WrapperName Known(string text) => text.Length == 0 ? Unknown : new(WrapperNameState.Known, text);

    public WrapperNameState State { get; }

    /// <summary>The name, or the word in its place; empty while <see cref="WrapperNameState.NotAsked"/>.</summary>
    public string Text => _text ?? "";

    public bool IsAsked => State != WrapperNameState.NotAsked;
}
