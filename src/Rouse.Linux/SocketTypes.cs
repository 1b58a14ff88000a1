namespace Rouse.Linux;

/// <summary>
/// What <see cref="ISystem.OpenListener"/> makes. <paramref name="Type"/> and <paramref name="Protocol"/> are socket(2)'s numbers.
/// <paramref name="NonBlocking"/>: the daemon accepts itself; a listener handed to a wait server must block, as that server expects.
/// </summary>
public readonly record struct ListenRequest(
    SocketAddress Address, int Type, int Protocol, bool V6Only, bool NonBlocking, int Backlog = ListenRequest.DefaultBacklog)
{
    /// <summary>SO_SNDBUF in bytes; 0 for the kernel's choice. The same for <see cref="ReceiveBuffer"/>.</summary>
    public int SendBuffer { get; init; }

    public int ReceiveBuffer { get; init; }

    /// <summary>The kernel cuts this to net.core.somaxconn; a short queue would turn a burst away before any rule was asked.</summary>
    public const int DefaultBacklog = 4096;

    public const int Stream = 1;
}

/// <summary>
/// What <see cref="ISystem.OpenLocalListener"/> makes: a socket of unix(7). Nobody but root can reach it before it has its owner and its mode.
/// </summary>
/// <param name="Path">One char a byte, at most 107.</param>
/// <param name="Owner">Null: the daemon's own; the same for <paramref name="Group"/>.</param>
public readonly record struct LocalListenRequest(
    string Path, int Type, uint? Owner, uint? Group, uint Mode, bool NonBlocking, int Backlog = ListenRequest.DefaultBacklog);

/// <summary>shutdown(2)'s second argument.</summary>
public enum ShutdownSide
{
    Receive = 0,
    Send = 1,
    Both = 2,
}
