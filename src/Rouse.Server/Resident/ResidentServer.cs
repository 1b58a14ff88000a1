using System;
using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Listening;
using Rouse.Server.Loop;
using Rouse.Server.Reloading;
using Rouse.Server.Sessions;

namespace Rouse.Server.Resident;

/// <summary>
/// The server of a service with <c>start = resident</c>: it has the service's sockets from the start, and again whenever it has ended.
/// <code>
/// Begin ──► running ── ended ──► rests for a while ──► running
///              └── the definition asks for another process ──► is being ended ── ended ──► running, at once
/// </code>
/// While none runs, the kernel's queue holds who connects. The daemon never looks at the sockets: whom the server takes in is the server's
/// matter, unless INTERCEPT gives it a socket of its own.
/// </summary>
internal sealed class ResidentServer
{
    /// <summary>A server that has lived so long was a good one: the next failure is a first one again.</summary>
    private const long ProvenMs = 60_000;

    private readonly Service _service;
    private readonly LoopTimer _again;
    private BackOff _backOff;
    private bool _isWanted;
    private bool _isExchanged;
    private long _sinceMs;

    public ResidentServer(Service service)
    {
        _service = service;
        _again = new LoopTimer(Start);
    }

    /// <summary>Its process, or 0.</summary>
    public int Pid { get; private set; }

    /// <summary>Since when it runs, in seconds since 1970.</summary>
    public long SinceUnix { get; private set; }

    /// <summary>How often it was started after the first time.</summary>
    public long Restarts { get; private set; }

    /// <summary>Why it was started last but for the first time; empty before.</summary>
    public string LastEnd { get; private set; } = "";

    /// <summary>It rests after a failure, and is started by itself.</summary>
    public bool IsToStart => _again.IsSet;

    /// <summary>When, in monotonic milliseconds; null while it is not to be started.</summary>
    public long? StartsMs => _again.IsSet ? _again.DueMs : null;

    private Keeper Keeper => _service.Keeper;

    private string Id => _service.Definition.Id;

    /// <summary>The service has its sockets.</summary>
    public void Begin()
    {
        _isWanted = true;
        if (Pid == 0 && !_again.IsSet)
        {
            Start();
        }
    }

    /// <summary>The service is closed: the server is not started again. Whether the one that runs is ended is the caller's choice.</summary>
    public void Close()
    {
        _isWanted = false;
        if (_again.IsSet)
        {
            Keeper.Log.Notice($"service {Id}: its service is closed, and its resident server is not started again");
        }

        _again.Cancel();
    }

    /// <summary>Another process is to take the place of the one that runs.</summary>
    /// <param name="why">For the log.</param>
    public void Exchange(string why)
    {
        _backOff.Reset();
        if (!_isWanted)
        {
            return;
        }

        if (Pid != 0 && !_isExchanged)
        {
            _isExchanged = true;
            Keeper.Log.Notice($"service {Id}: its resident server (pid {Pid}) is ended and another one started, because {why}");
            ServerEnding.EndServers(Keeper, _service);
        }
        else if (_again.IsSet)
        {
            Keeper.Log.Notice($"service {Id}: its resident server is started without a rest, because {why}");
            Keeper.Loop.Set(_again, 0);
        }
    }

    /// <summary>A server of the service was reaped.</summary>
    public void Ended(in Session session, in ChildExit exit)
    {
        if (session.Pid != Pid)
        {
            return;
        }

        long seconds = Keeper.Loop.NowUnix - session.StartedUnix;
        string how = ExitText.Of(exit, seconds);
        bool startsAtOnce = _isExchanged;
        (Pid, LastEnd, _isExchanged) = (0, how, false);
        if (!_isWanted)
        {
            Keeper.Log.Notice($"service {Id}: its resident server (pid {exit.Pid}) {how}; its service is closed, and it is not started again");
            return;
        }

        if (startsAtOnce)
        {
            Start();
            return;
        }

        if (Keeper.Loop.NowMs - _sinceMs >= ProvenMs)
        {
            _backOff.Reset();
        }

        Rest($"its resident server (pid {exit.Pid}) {how}");
    }

    private void Start()
    {
        if (!_isWanted || Pid != 0)
        {
            return;
        }

        Span<Fd> sockets = _service.SocketsForServer();
        if (sockets.IsEmpty)
        {
            Rest("there is no socket for its resident server");
            return;
        }

        using ServerImage image = ServerImages.Build(
            ServerImages.DescribeListening(_service.Definition, Keeper.World, sockets.Length), Keeper.System.Launches);
        image.SetListeners(sockets);
        SysResult started = Keeper.Launcher.LaunchUnasked(_service, image, sockets[0]);
        if (!started.Ok)
        {
            Rest($"its resident server cannot be started: {started.Error.Describe()} (errno = {(int)started.Error})");
            return;
        }

        Restarts += LastEnd.Length > 0 ? 1 : 0;
        Pid = started.Value;
        SinceUnix = Keeper.Loop.NowUnix;
        _sinceMs = Keeper.Loop.NowMs;
        Keeper.Log.Notice($"service {Id}: its resident server was started (pid {Pid})");
    }

    private void Rest(string why)
    {
        long ms = _backOff.Next();
        Keeper.Log.Error($"service {Id}: {why}; it is started again in {(ms < 1000 ? $"{ms} ms" : $"{ms / 1000.0:0.#} seconds")}");
        Keeper.Loop.Set(_again, ms);
    }
}
