namespace Rouse.Linux;

/// <summary>
/// What <see cref="ISystem.OpenListener"/> makes. <paramref name="Type"/> and <paramref name="Protocol"/> are socket(2)'s numbers.
/// <paramref name="NonBlocking"/>: the daemon accepts itself; a listener handed to a wait server must block, as that server expects.
/// </summary>
public readonly record struct ListenRequest(
    SocketAddress Address, int Type, int Protocol, bool V6Only, bool NonBlocking, int Backlog = ListenRequest.DefaultBacklog)
{
    /// <summary>The kernel cuts this to net.core.somaxconn; a short queue would turn a burst away before any rule was asked.</summary>
    public const int DefaultBacklog = 4096;

    public const int Stream = 1;
}

/// <summary>shutdown(2)'s second argument.</summary>
public enum ShutdownSide
{
    Receive = 0,
    Send = 1,
    Both = 2,
}
