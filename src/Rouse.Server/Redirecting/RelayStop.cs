namespace Rouse.Server.Redirecting;

/// <summary>Why a direction of a redirected connection moves no bytes at the moment.</summary>
internal enum RelayStop
{
    /// <summary>It does not stop here.</summary>
    None,

    /// <summary>Nothing can be read, or nothing can be written: an event will come.</summary>
    Waits,

    /// <summary>It has had its share of this turn, and there may be more.</summary>
    HadItsTurn,

    /// <summary>The sender has ended, and all that it sent has been passed on.</summary>
    Done,

    /// <summary>The sender's connection broke.</summary>
    SourceGone,

    /// <summary>The receiver's connection broke.</summary>
    SinkGone,
}
