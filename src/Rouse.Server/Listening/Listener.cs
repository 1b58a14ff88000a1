using Rouse.Access.Wrappers;
using Rouse.Linux;
using Rouse.Server.Loop;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Listening;

/// <summary>
/// A bound socket of a service and what the daemon does when it is ready: accept (<see cref="StreamListener"/>), hand the socket itself to
/// a server (<see cref="WaitListener"/>), or answer datagrams (<see cref="DatagramListener"/>).
/// </summary>
internal abstract class Listener(Service service, Fd socket) : EventSource, IRulesAwaiter
{
    // A queue that is not empty is looked at in the next turn. Later it may be somebody else who is first in it.
    private const long ToldHoldsMs = 100;

    private bool _closed;
    private bool _someoneWaits;
    private HostRules? _told;
    private long _toldMs;

    protected Service Service { get; } = service;

    protected Keeper Keeper => Service.Keeper;

    public Fd Socket { get; } = socket;

    public SocketAddress Local { get; } = service.Keeper.System.LocalAddress(socket);

    /// <summary>Of a UNIX socket: tells its name in the file system from a later one's.</summary>
    public long LocalInode { get; set; }

    /// <summary>Not watched for a moment, until the machine has descriptors again, a sender's name is known, or the rules of tcp_wrappers.</summary>
    public bool Rests { get; set; }

    /// <summary>The socket is open and its service listens: false after it was closed.</summary>
    public bool MayWatch => !_closed && Service.State == ServiceState.Listening;

    public void Watch() => Keeper.Loop.Watch(this, Socket, PollEvents.In);

    public void Unwatch() => Keeper.Loop.Unwatch(this, Socket);

    /// <summary>
    /// Judges by the rules that it has waited for, if it has: where the files change all the time there would never be others, and what is first
    /// in its queue came before they were read.
    /// </summary>
    public sealed override void OnReady(PollEvents events)
    {
        if (_told is not { } told)
        {
            Serve();
            return;
        }

        _told = null;
        if (Keeper.Loop.NowMs - _toldMs > ToldHoldsMs)
        {
            Serve();
            return;
        }

        Keeper.Rules.Lend(told);
        try
        {
            Serve();
        }
        finally
        {
            Keeper.Rules.TakeBack();
        }
    }

    public void RulesAreKnown(HostRules rules)
    {
        (_told, _toldMs) = (_someoneWaits ? rules : null, Keeper.Loop.NowMs);
        Rests = false;
        if (MayWatch && !IsWatched)
        {
            Watch();
        }
    }

    /// <summary>
    /// Where the rules of tcp_wrappers must be read first the socket rests until they are: whoever comes waits in its queue. Asked before
    /// anything is taken from the queue that could not wait elsewhere.
    /// </summary>
    protected bool RestsForRules()
    {
        if (!Service.AsksWrappers || Keeper.Rules.IsAsleep || Keeper.Rules.Current() is not null)
        {
            return false;
        }

        RestForRules(someoneWaits: true);
        return true;
    }

    /// <param name="someoneWaits">Somebody is in the queue already, so that rules which are no older than this asking hold for him.</param>
    protected void RestForRules(bool someoneWaits)
    {
        _someoneWaits = someoneWaits;
        Unwatch();
        Rests = true;
        Keeper.Rules.Await(this);
    }

    /// <summary>Deals with what is in its queue.</summary>
    protected abstract void Serve();

    public virtual void Close()
    {
        _closed = true;
        Keeper.Loop.Forget(this);
        Keeper.System.CloseListener(Socket);
    }
}
