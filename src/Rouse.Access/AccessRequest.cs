using Rouse.Config.Addresses;

namespace Rouse.Access;

/// <summary>What is known of the peer's host name.</summary>
public enum PeerNameState
{
    /// <summary>Nobody has looked it up.</summary>
    NotAsked,

    /// <summary>The look-up gave none, failed, or took too long.</summary>
    Unknown,

    /// <summary>There is one, but it does not lead back to the address: only_from and no_access take it for <see cref="Unknown"/>.</summary>
    Unconfirmed,

    Known,
}

/// <summary>The peer's name, confirmed by its finder, or why there is none.</summary>
public readonly record struct PeerName
{
    private PeerName(PeerNameState state, string text, bool isDoubtful = false)
    {
        State = state;
        Text = text;
        IsDoubtful = isDoubtful;
    }

    public static PeerName NotAsked => new(PeerNameState.NotAsked, "");

    public static PeerName Unknown => new(PeerNameState.Unknown, "");

    public static PeerName Unconfirmed => new(PeerNameState.Unconfirmed, "");

    public static PeerName Known(string text, bool isDoubtful = false) => new(PeerNameState.Known, text, isDoubtful);

    public PeerNameState State { get; }

    /// <summary>It leads back to the address, but is an alias or very long: the rules of tcp_wrappers take it for paranoid.</summary>
    public bool IsDoubtful { get; }

    /// <summary>Empty unless <see cref="PeerNameState.Known"/>.</summary>
    public string Text { get; }
}

/// <summary>Who asks, and when.</summary>
/// <param name="Peer">Null where the daemon cannot know (stream services with wait = yes): then only the hours are judged.</param>
/// <param name="MinuteOfDay">Local time, 0…1439.</param>
public readonly record struct AccessRequest(IpAddress? Peer, int MinuteOfDay, PeerName Name);
