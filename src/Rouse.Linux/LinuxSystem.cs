using System;
using System.Collections.Generic;

namespace Rouse.Linux;

/// <summary>The kernel that this program runs on.</summary>
public sealed class LinuxSystem : ISystem
{
    private const int SettleMs = 200;

    public LaunchBlocks Launches { get; } = new();

    public long MonotonicMs => Clock.MonotonicMs();

    public long MonotonicUs => Clock.MonotonicUs();

    public long UnixSeconds => Clock.UnixSeconds();

    public double LoadAverage => Clock.LoadAverage();

    public bool IsRoot => ThisProcess.IsRoot;

    public LocalTime ToLocal(long unixSeconds) => Clock.ToLocal(unixSeconds);

    public SysResult OpenPoll() => Epoll.Open();

    public SysResult Watch(Fd poll, Fd fd, PollEvents events, ulong token) => Epoll.Add(poll, fd, events, token);

    public SysResult Rewatch(Fd poll, Fd fd, PollEvents events, ulong token) => Epoll.Modify(poll, fd, events, token);

    public SysResult Unwatch(Fd poll, Fd fd) => Epoll.Remove(poll, fd);

    public SysResult Poll(Fd poll, Span<PollEvent> events, int timeoutMs) => Epoll.Wait(poll, events, timeoutMs);

    public SysResult OpenSignals() => Signals.OpenDescriptor();

    public int NextSignal(Fd signals) => Signals.Next(signals);

    public SysResult OpenWake() => EventFd.Open();

    public void Wake(Fd wake) => EventFd.Add(wake);

    public void DrainWake(Fd wake) => EventFd.Drain(wake);

    public SysResult OpenListener(in ListenRequest request) => Sockets.OpenListener(request);

    public SysResult OpenLocalListener(in LocalListenRequest request, out long inode) => LocalListeners.Open(request, out inode);

    public SocketAddress LocalAddress(Fd socket) => Sockets.LocalAddress(socket);

    public SysResult Accept(Fd listener, bool nonBlocking, out SocketAddress peer) => Sockets.Accept(listener, nonBlocking, out peer);

    public SysResult Receive(Fd socket, Span<byte> buffer) => Sockets.Receive(socket, buffer);

    public SysResult Peek(Fd socket, Span<byte> buffer) => Sockets.Peek(socket, buffer);

    public SysResult Send(Fd socket, ReadOnlySpan<byte> bytes) => Sockets.Send(socket, bytes);

    public SysResult SendLast(Fd socket, ReadOnlySpan<byte> bytes) => Sockets.SendLast(socket, bytes);

    public void Drain(Fd socket) => Sockets.Drain(socket);

    public SysResult Shutdown(Fd socket, ShutdownSide side) => Sockets.Shutdown(socket, side);

    public void SetNoDelay(Fd socket) => Sockets.SetNoDelay(socket);

    public void SetLinger(Fd socket, int seconds) => Sockets.SetLinger(socket, seconds);

    public void SetKeepAlive(Fd socket) => Sockets.SetKeepAlive(socket);

    public SysResult StartConnect(in SocketAddress to, in SocketAddress from) => Sockets.StartConnect(to, from);

    public Errno ConnectError(Fd socket) => Sockets.ConnectError(socket);

    public void ResetOnClose(Fd socket) => Sockets.ResetOnClose(socket);

    public SysResult OpenPipe(int capacity, out Pipe pipe) => Pipes.Open(capacity, out pipe);

    public SysResult ReadPipe(Fd readEnd, Span<byte> buffer) => Files.Read(readEnd, buffer);

    public SysResult Splice(Fd from, Fd to, int most) => Pipes.Splice(from, to, most);

    public void SetBlocking(Fd fd, bool blocking) => Sockets.SetBlocking(fd, blocking);

    public SysResult ConnectDatagrams(in SocketAddress to) => Sockets.ConnectDatagrams(to);

    public SysResult SendTo(Fd socket, ReadOnlySpan<byte> datagram, in SocketAddress to) => Sockets.SendTo(socket, datagram, to);

    public void MakeIPv4(Fd connection) => Sockets.MakeIPv4(connection);

    public SysResult ConnectLocal(string path) => LocalSockets.Connect(path, LocalSockets.Stream);

    public SysResult PeekSender(Fd socket, out SocketAddress sender) => Sockets.PeekSender(socket, out sender);

    public SysResult DropConnection(Fd listener) => Sockets.DropConnection(listener);

    public void DropDatagram(Fd socket) => Sockets.DropDatagram(socket);

    public SysResult ReceiveBatch(Fd socket, DatagramBatch batch) => batch.Receive(socket);

    public void SendReplies(Fd socket, DatagramBatch batch) => batch.SendReplies(socket);

    public void Close(Fd fd) => Sockets.Close(fd);

    public void CloseListener(Fd listener)
    {
        // A server that is on its way has a copy, and would keep the port open and taken.
        Launches.Settle(SettleMs);
        Sockets.Close(listener);
    }

    public SysResult OpenReserve() => Files.OpenNull();

    public bool TryTakeFailure(in ChildExit exit, out LaunchFailure failure)
    {
        failure = default;
        return (exit.Status == ServerSpawn.ExitStatusOfFailure || exit.Signal > 0) && Launches.TryTakeFailure(exit.Pid, out failure);
    }

    public SysResult Spawn(ServerImage image, Fd socket, ReadOnlySpan<byte> remoteHost) => ServerSpawn.Start(image, socket, remoteHost);

    public SysResult Give(Fd control, Fd connection, HandOverCommand command) => HandOver.Send(control, connection, command);

    public SysResult OpenFileWatch() => FileWatch.Open();

    public void ReadFileWatch(Fd watch, List<FileChange> changes) => FileWatch.Read(watch, changes);

    public SysResult OpenMemoryPressure() => PressureWatch.OpenMemory();

    public SysResult SetOption(Fd socket, int level, int option, ReadOnlySpan<byte> value) => SocketOptions.Set(socket, level, option, value);

    public SysResult SetStatusFlags(Fd socket, int flags) => SocketOptions.SetStatusFlags(socket, flags);

    public SysResult LabelForServer(Fd connection, string program, Span<byte> label) => SecurityLabel.ForServer(connection, program, label);

    public SysResult FindListeners(in SocketAddress address, bool datagrams, Span<long> inodes) =>
        SocketTables.FindListeners(address, datagrams, inodes);

    public void AdoptOrphans() => ProcessFamily.AdoptOrphans();

    public ServerTrace Trace(int pid, string mark, ServerSpec spec) => ProcessFamily.TraceOf(pid, mark, spec);

    public ServerTrace Retrace(int pid, in ServerTrace trace) => ProcessFamily.Retrace(pid, trace);

    public void ListFamily(in ServerTrace trace, List<FamilyMember> members) => ProcessFamily.List(trace, members);

    public bool Lives(in FamilyMember member) => ProcessFamily.Lives(member);

    public bool FamilyHolds(long inode, in ServerTrace trace) => ProcessFamily.Holds(inode, trace);

    public int FindOrphan(long inode, in ServerTrace trace, Predicate<int> isKnown) => ProcessFamily.FindOrphan(inode, trace, isKnown);

    public bool Reap(bool ofAllThreads, out ChildExit exit) => Children.Reap(ofAllThreads, out exit);

    public SysResult Kill(int pid, int signal) => Children.Kill(pid, signal);

    public SysResult KillChild(int pid, int signal) => Children.KillChild(pid, signal);

    public SysResult OpenAppend(string path) => Files.OpenAppend(path);

    public SysResult ReadFile(string path, Span<byte> buffer) => Files.ReadStart(path, buffer);

    public SysResult Write(Fd fd, ReadOnlySpan<byte> bytes) => Files.Write(fd, bytes);

    public long SizeOf(Fd fd) => Files.SizeOf(fd);

    public SysResult OpenSyslog(out bool isStream) => SyslogSocket.Open("/dev/log", out isStream);

    public SysResult OpenNotify() => NotifySocket.Open();

    public SysResult Notify(Fd socket, string name, ReadOnlySpan<byte> message) => NotifySocket.Send(socket, name, message);

    public SysResult OpenControl(string path, out long inode) => ControlSocket.Listen(path, out inode);

    public void RemoveControl(string path, long inode) => ControlSocket.Remove(path, inode);

    public SysResult PeerUser(Fd connection, out uint uid) => ControlSocket.PeerUser(connection, out uid);
}
