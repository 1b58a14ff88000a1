using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Rouse.Linux;

namespace Rouse.Server.Tests.Fakes;

/// <summary>
/// A kernel in memory: descriptors, peers, children, signals and a clock that only moves when a test moves it or when the loop would sleep.
/// What it does between accept and exec allocates nothing, so that the daemon's own allocations can be measured on it.
/// </summary>
internal sealed partial class FakeSystem : ISystem
{
    private readonly Dictionary<int, FakeFile> _open = [];
    private readonly Dictionary<int, (ulong Token, PollEvents Events)> _watched = [];
    private readonly Queue<int> _signals = new();
    private readonly Queue<ChildExit> _ended = new();
    private readonly List<int> _ready = [];
    private FakeFile? _wake;
    private int _nextFd = 10;
    private int _nextPid = 1000;

    public long MonotonicMs { get; private set; } = 1_000_000;

    public long MonotonicUs => (MonotonicMs * 1000) + 7;

    public long UnixSeconds => 1_795_500_000 + ClockIsAhead + (MonotonicMs / 1000);

    /// <summary>Somebody has set the clock: seconds, below 0 where it was set back.</summary>
    public long ClockIsAhead { get; set; }

    public double LoadAverage { get; set; }

    public bool IsRoot { get; set; } = true;

    /// <summary>Descriptors that are open now.</summary>
    public int OpenCount => _open.Count;

    public Errno AcceptError { get; set; }

    public Errno SpawnError { get; set; }

    public Errno ListenError { get; set; }

    public LocalListenRequest LastLocalListen { get; private set; }

    /// <summary>The names of UNIX sockets, and the descriptor that each leads to.</summary>
    public Dictionary<string, int> Paths { get; } = [];

    public Errno WriteError { get; set; }

    /// <summary>No descriptor is left, not even for the reserve.</summary>
    public bool ReserveGone { get; set; }

    public List<int> Killed { get; } = [];

    public List<int> KilledWith { get; } = [];

    /// <summary>Process ids in the order of their birth; empty while <see cref="RecordsSpawns"/> is off.</summary>
    public List<FakeSpawn> Spawned { get; } = [];

    public bool RecordsSpawns { get; set; } = true;

    public int SpawnCount { get; private set; }

    public int LastPid => _nextPid - 1;

    public Dictionary<string, StringBuilder> Logs { get; } = [];

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>The clock stands still although the loop would sleep.</summary>
    public bool KeepsTime { get; set; }

    public void Advance(long ms) => MonotonicMs += ms;

    public List<FakeFile> Connections() => [.. _open.Values.Where(file => file.Kind == FakeKind.Connection)];

    /// <summary>The listener on a port; null when none is open.</summary>
    public FakeFile? ListenerOn(ushort port)
    {
        foreach (FakeFile file in _open.Values)
        {
            if (file.Kind == FakeKind.Listener && file.Address.Port == port)
            {
                return file;
            }
        }

        return null;
    }

    /// <summary>A peer connects; false where nobody listens.</summary>
    public bool Connect(ushort port, in SocketAddress peer, FakePeer? end = null)
    {
        if (ListenerOn(port) is not { } listener)
        {
            return false;
        }

        listener.Waiting.Enqueue((peer, end));
        return true;
    }

    /// <summary>Somebody of this machine connects to a path.</summary>
    public bool ConnectLocal(string path, FakePeer? end)
    {
        if (!Paths.TryGetValue(path, out int fd) || !_open.TryGetValue(fd, out FakeFile? listener))
        {
            return false;
        }

        listener.Waiting.Enqueue((new SocketAddress(AddressFamily.Unix, 0, 0), end));
        return true;
    }

    public void SendDatagram(ushort port, in SocketAddress peer, byte[] bytes) => ListenerOn(port)!.Datagrams.Enqueue((peer, bytes));

    public void Raise(int signal) => _signals.Enqueue(signal);

    public void EndChild(int pid, int status = 0, int signal = -1)
    {
        if (RecordsSpawns)
        {
            ForgetProcess(pid);
        }

        _ended.Enqueue(new ChildExit(pid, signal >= 0 ? -1 : status, signal));
        Raise(Signal.CHLD);
    }

    public LocalTime ToLocal(long unixSeconds)
    {
        DateTime t = DateTime.UnixEpoch.AddSeconds(unixSeconds);
        return new LocalTime(t.Year, t.Month, t.Day, t.Hour, t.Minute, t.Second, LocalTime.PackZone("UTC"u8));
    }

    public SysResult OpenPoll() => New(FakeKind.Poll);

    public SysResult Watch(Fd poll, Fd fd, PollEvents events, ulong token)
    {
        _watched.Add(fd.Value, (token, events));
        return SysResult.Success();
    }

    public SysResult Rewatch(Fd poll, Fd fd, PollEvents events, ulong token)
    {
        _watched[fd.Value] = (token, events);
        _open[fd.Value].Told = PollEvents.None;
        return SysResult.Success();
    }

    public SysResult Unwatch(Fd poll, Fd fd)
    {
        _watched.Remove(fd.Value);
        return SysResult.Success();
    }

    public SysResult Poll(Fd poll, Span<PollEvent> events, int timeoutMs)
    {
        _ready.Clear();
        foreach (int fd in _watched.Keys)
        {
            _ready.Add(fd);
        }

        int n = 0;
        foreach (int fd in _ready)
        {
            FakeFile file = _open[fd];
            PollEvents ready = Readiness(file) & (_watched[fd].Events | PollEvents.HangUp | PollEvents.Error);
            file.Told &= ready;
            bool isNews = (_watched[fd].Events & PollEvents.EdgeTriggered) == PollEvents.None || (ready & ~file.Told) != PollEvents.None;
            if (ready != PollEvents.None && isNews && n < events.Length)
            {
                file.Told = ready;
                events[n++] = new PollEvent(ready, _watched[fd].Token);
            }
        }

        if (n == 0 && timeoutMs > 0 && !KeepsTime)
        {
            MonotonicMs += timeoutMs;
        }

        return SysResult.Success(n);
    }

    public SysResult OpenSignals() => New(FakeKind.Signals);

    public int NextSignal(Fd signals) => _signals.TryDequeue(out int signal) ? signal : 0;

    /// <summary>A name has appeared in the directory that is watched, and was not told yet.</summary>
    public bool DirectoryChanged { get; set; }

    public SysResult OpenDirectoryWatch() => New(FakeKind.DirectoryWatch);

    public SysResult OpenWake()
    {
        SysResult made = New(FakeKind.Wake);
        _wake = _open[made.Value];
        return made;
    }

    // Called by other threads, so that it must not look into the table.
    public void Wake(Fd wake)
    {
        _wake!.Woken = true;
        Woken.Set();
    }

    /// <summary>Another thread has handed something in.</summary>
    public ManualResetEventSlim Woken { get; } = new();

    public void DrainWake(Fd wake) => _open[wake.Value].Woken = false;

    /// <summary>The last socket that was asked for.</summary>
    public ListenRequest LastListen { get; private set; }

    private static bool IsEverywhere(in SocketAddress address) =>
        address.Address == UInt128.Zero || (address.Family == AddressFamily.IPv4 && (uint)address.Address == 0);

    public SysResult OpenListener(in ListenRequest request)
    {
        LastListen = request;
        if (ListenError != Errno.None)
        {
            return SysResult.Fail(ListenError);
        }

        SocketAddress wanted = request.Address;
        int type = request.Type;
        if (_open.Values.Any(file => file.Kind == FakeKind.Listener && file.Address.Port == wanted.Port && file.SocketType == type
            && (file.Address.Address == wanted.Address || IsEverywhere(file.Address) || IsEverywhere(wanted))))
        {
            return SysResult.Fail(Errno.EADDRINUSE);
        }

        SysResult made = New(FakeKind.Listener);
        _open[made.Value].Address = request.Address;
        _open[made.Value].SocketType = request.Type;
        return made;
    }

    public SysResult OpenLocalListener(in LocalListenRequest request, out long inode)
    {
        inode = 0;
        LastLocalListen = request;
        string path = request.Path;
        if (ListenError != Errno.None)
        {
            return SysResult.Fail(ListenError);
        }

        if (Paths.ContainsKey(path))
        {
            return SysResult.Fail(Errno.EADDRINUSE);
        }

        SysResult made = New(FakeKind.Listener);
        _open[made.Value].Address = new SocketAddress(AddressFamily.Unix, 0, 0);
        _open[made.Value].SocketType = request.Type;
        inode = made.Value;
        Paths[path] = made.Value;
        return made;
    }

    public SocketAddress LocalAddress(Fd socket) => _open[socket.Value].Address;

    public SysResult Accept(Fd listener, bool nonBlocking, out SocketAddress peer)
    {
        peer = SocketAddress.None;
        FakeFile file = _open[listener.Value];
        if (file.Waiting.Count == 0)
        {
            return SysResult.Fail(Errno.EAGAIN);
        }

        if (AcceptError != Errno.None)
        {
            return SysResult.Fail(AcceptError);
        }

        (peer, FakePeer? end) = file.Waiting.Dequeue();
        SysResult made = New(FakeKind.Connection);
        _open[made.Value].Peer = end;
        _open[made.Value].NonBlocking = nonBlocking;
        _open[made.Value].Address = file.Address;
        return made;
    }

    public SysResult Receive(Fd socket, Span<byte> buffer)
    {
        FakePeer? peer = _open[socket.Value].Peer;
        if (peer is null || peer.Inbound.Count == 0)
        {
            _open[socket.Value].Told &= ~PollEvents.In;
            return peer is { Gone: true } ? SysResult.Fail(Errno.ECONNRESET)
                : peer is { SentAll: true } ? SysResult.Success() : SysResult.Fail(Errno.EAGAIN);
        }

        int n = 0;
        while (n < buffer.Length && peer.Inbound.TryDequeue(out byte one))
        {
            buffer[n++] = one;
        }

        if (peer.Inbound.Count == 0)
        {
            _open[socket.Value].Told &= ~PollEvents.In;
        }

        return SysResult.Success(n);
    }

    public SysResult Peek(Fd socket, Span<byte> buffer)
    {
        FakePeer? peer = _open[socket.Value].Peer;
        if (peer is null || peer.Inbound.Count == 0)
        {
            return peer is { Gone: true } ? SysResult.Fail(Errno.ECONNRESET)
                : peer is { SentAll: true } ? SysResult.Success() : SysResult.Fail(Errno.EAGAIN);
        }

        int n = 0;
        foreach (byte one in peer.Inbound)
        {
            if (n < buffer.Length)
            {
                buffer[n++] = one;
            }
        }

        return SysResult.Success(n);
    }

    public SysResult Send(Fd socket, ReadOnlySpan<byte> bytes)
    {
        if (_open[socket.Value].Kind == FakeKind.Syslog)
        {
            return SendToSyslog(bytes);
        }

        FakePeer? peer = _open[socket.Value].Peer;
        if (peer is null)
        {
            return SysResult.Success(bytes.Length);
        }

        if (peer.Gone)
        {
            return SysResult.Fail(Errno.EPIPE);
        }

        int n = Math.Min(bytes.Length, peer.Window);
        if (n < bytes.Length)
        {
            _open[socket.Value].Told &= ~PollEvents.Out;
        }

        if (n == 0)
        {
            return SysResult.Fail(Errno.EAGAIN);
        }

        peer.Window -= n;
        peer.Outbound.AddRange(bytes[..n]);
        peer.Heard?.Invoke(peer);
        return SysResult.Success(n);
    }

    public SysResult SendLast(Fd socket, ReadOnlySpan<byte> bytes) => Send(socket, bytes);

    public void Drain(Fd socket) => _open[socket.Value].Peer?.Inbound.Clear();

    public SysResult Shutdown(Fd socket, ShutdownSide side)
    {
        if (side == ShutdownSide.Send && _open[socket.Value].Peer is { } peer)
        {
            peer.SawEnd = true;
        }

        return SysResult.Success();
    }

    public void SetNoDelay(Fd socket) => _open[socket.Value].NoDelay = true;

    public void SetKeepAlive(Fd socket) => _open[socket.Value].KeepAlive = true;

    public void SetLinger(Fd socket, int seconds) => _open[socket.Value].Linger = seconds;

    public SysResult ConnectDatagrams(in SocketAddress to)
    {
        if (Target(to) is not { } peer)
        {
            return SysResult.Fail(Errno.ECONNREFUSED);
        }

        SysResult made = New(FakeKind.Connection);
        _open[made.Value].Peer = peer;
        return made;
    }

    public void SetBlocking(Fd fd, bool blocking) => _open[fd.Value].NonBlocking = !blocking;

    public SysResult DropConnection(Fd listener)
    {
        if (AcceptError != Errno.None)
        {
            return SysResult.Fail(AcceptError);
        }

        if (_open[listener.Value].Waiting.TryDequeue(out (SocketAddress Peer, FakePeer? End) waiting) && waiting.End is not null)
        {
            waiting.End.Closed = true;
        }

        return SysResult.Success(0);
    }

    public LaunchBlocks Launches { get; } = new();

    public void CloseListener(Fd listener) => Close(listener);

    public void Close(Fd fd)
    {
        if (!_open.Remove(fd.Value, out FakeFile? file))
        {
            throw new InvalidOperationException($"descriptor {fd.Value} is closed twice");
        }

        _watched.Remove(fd.Value);
        if (file.Peer is { } peer)
        {
            peer.Closed = true;
            peer.SawReset |= file.ResetsOnClose;
        }

        PipeEnds -= file.Kind == FakeKind.Pipe ? 1 : 0;

        if (file.Kind == FakeKind.Connection)
        {
            Spare.Push(file);
        }
    }

    public SysResult OpenReserve() => ReserveGone ? SysResult.Fail(Errno.EMFILE) : New(FakeKind.Reserve);

    public SysResult Spawn(ServerImage image, Fd socket, ReadOnlySpan<byte> remoteHost)
    {
        if (SpawnError != Errno.None)
        {
            return SysResult.Fail(SpawnError);
        }

        SpawnCount++;
        if (RecordsSpawns)
        {
            Spawned.Add(new FakeSpawn(_nextPid, image.Spec, socket, Encoding.ASCII.GetString(remoteHost))
            {
                NonBlocking = _open[socket.Value].NonBlocking,
            });
        }

        return SysResult.Success(_nextPid++);
    }

    /// <summary>Parked servers take what they are given; otherwise they are all gone.</summary>
    public bool Takes { get; set; } = true;

    /// <summary>How many connections parked servers were given.</summary>
    public int Given { get; private set; }

    public SysResult Give(Fd control, Fd connection, HandOverCommand command)
    {
        Given += Takes ? 1 : 0;
        return Takes ? SysResult.Success(1) : SysResult.Fail(Errno.EPIPE);
    }

    /// <summary>Our end of a pair, and what the parked server does with its own.</summary>
    public Fd OpenParked(FakePeer server)
    {
        SysResult made = New(FakeKind.Connection);
        _open[made.Value].Peer = server;
        return made.Fd;
    }

    public SysResult OpenFileWatch() => New(FakeKind.DirectoryWatch);

    /// <summary>What the next look at a watch of files tells.</summary>
    public List<FileChange> FileChanges { get; } = [];

    public void ReadFileWatch(Fd watch, List<FileChange> changes)
    {
        changes.AddRange(FileChanges);
        FileChanges.Clear();
    }

    public SysResult OpenMemoryPressure() => SysResult.Fail(Errno.ENOENT);

    /// <summary>Whether options of sockets can be set.</summary>
    public bool HasOptions { get; set; } = true;

    public SysResult SetOption(Fd socket, int level, int option, ReadOnlySpan<byte> value) =>
        HasOptions ? SysResult.Success() : SysResult.Fail(Errno.EINVAL);

    public SysResult SetStatusFlags(Fd socket, int flags) => SysResult.Success();

    /// <summary>The label that every peer's server gets; null where peers have none.</summary>
    public string? Label { get; set; }

    /// <summary>Connections that were turned into IPv4 ones.</summary>
    public int MadeIPv4 { get; private set; }

    public void MakeIPv4(Fd connection) => MadeIPv4++;

    public SysResult LabelForServer(Fd connection, string program, Span<byte> label) =>
        Label is null ? SysResult.Fail(Errno.EINVAL) : SysResult.Success(Encoding.ASCII.GetBytes(Label, label));

    public bool Reap(bool ofAllThreads, out ChildExit exit) => _ended.TryDequeue(out exit);

    /// <summary>Of children that were started and then turned out not to have become their server.</summary>
    public Dictionary<int, LaunchFailure> LateFailures { get; } = [];

    public bool TryTakeFailure(in ChildExit exit, out LaunchFailure failure) => LateFailures.Remove(exit.Pid, out failure);

    public SysResult KillChild(int pid, int signal) => Kill(pid, signal);

    public SysResult Kill(int pid, int signal)
    {
        Killed.Add(pid);
        KilledWith.Add(signal);
        return SysResult.Success();
    }

    private Stack<FakeFile> Spare { get; } = new();

    private PollEvents Readiness(FakeFile file) => file.Kind switch
    {
        FakeKind.Listener or FakeKind.Control => file.Waiting.Count > 0 || file.Datagrams.Count > 0 ? PollEvents.In : PollEvents.None,
        FakeKind.Signals => _signals.Count > 0 ? PollEvents.In : PollEvents.None,
        FakeKind.DirectoryWatch => DirectoryChanged ? PollEvents.In : PollEvents.None,
        FakeKind.Wake => file.Woken ? PollEvents.In : PollEvents.None,
        FakeKind.Pipe when file.Peer is { } pipe => pipe.Outbound.Count > 0 || pipe.SentAll ? PollEvents.In : PollEvents.None,
        FakeKind.Connection when file.Peer is { IsConnecting: true } => PollEvents.None,
        FakeKind.Connection when file.Peer is { ConnectError: not Errno.None } => PollEvents.Error | PollEvents.HangUp | PollEvents.Out,
        FakeKind.Connection when file.Peer is { } peer =>
            (peer.Inbound.Count > 0 || peer.SentAll ? PollEvents.In : PollEvents.None)
            | (peer.SentAll ? PollEvents.PeerClosed : PollEvents.None)
            | (peer.Window > 0 || peer.Gone ? PollEvents.Out : PollEvents.None)
            | (peer.Gone ? PollEvents.HangUp : PollEvents.None),
        _ => PollEvents.None,
    };

    private SysResult New(FakeKind kind)
    {
        FakeFile file = kind == FakeKind.Connection && Spare.TryPop(out FakeFile? spare) ? spare : new FakeFile { Kind = kind };
        file.Peer = null;
        file.NoDelay = false;
        file.KeepAlive = false;
        file.ResetsOnClose = false;
        file.Told = PollEvents.None;
        _open.Add(_nextFd, file);
        return SysResult.Success(_nextFd++);
    }
}
