using Rouse.Linux;

namespace Rouse.Server.Redirecting;

/// <summary>
/// One of the two sockets of a redirected connection, and what is known of its readiness. The sockets are watched edge-triggered, so that
/// nothing has to be said to the kernel while bytes flow: what an event has told holds until a call says otherwise.
/// </summary>
internal struct RelayEnd
{
    public const PollEvents Watched = PollEvents.In | PollEvents.Out | PollEvents.PeerClosed | PollEvents.EdgeTriggered;

    private const PollEvents Ends = PollEvents.PeerClosed | PollEvents.HangUp | PollEvents.Error;

    public Fd Socket;

    public bool CanRead;

    public bool CanWrite;

    /// <summary>An end or an error is behind what can be read: only reading it to the last byte shows which.</summary>
    public bool IsEnding;

    public RelayEnd(Fd socket) => Socket = socket;

    public void Note(PollEvents events)
    {
        bool ending = (events & Ends) != PollEvents.None;
        IsEnding |= ending;
        CanRead |= ending || (events & PollEvents.In) != PollEvents.None;
        CanWrite |= (events & (PollEvents.Out | PollEvents.HangUp | PollEvents.Error)) != PollEvents.None;
    }
}
