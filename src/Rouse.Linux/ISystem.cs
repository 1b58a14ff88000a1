using System;
using System.Collections.Generic;

namespace Rouse.Linux;

/// <summary>
/// The daemon's one way to the kernel. <see cref="LinuxSystem"/> is the real one; unit tests and fuzzers give one in memory, with its
/// own descriptors, peers, children and clock. No call blocks but <see cref="Poll"/> and, for the length of an execve, <see cref="Spawn"/>.
/// </summary>
public interface ISystem
{
    /// <summary>CLOCK_MONOTONIC in milliseconds.</summary>
    long MonotonicMs { get; }

    /// <summary>The same in microseconds.</summary>
    long MonotonicUs { get; }

    /// <summary>CLOCK_REALTIME in seconds since 1970.</summary>
    long UnixSeconds { get; }

    /// <summary>The local calendar of a time: localtime_r(3).</summary>
    LocalTime ToLocal(long unixSeconds);

    /// <summary>The one-minute load average: getloadavg(3); 0 where unknown.</summary>
    double LoadAverage { get; }

    /// <summary>geteuid(2) is 0.</summary>
    bool IsRoot { get; }

    SysResult OpenPoll();

    /// <summary>epoll_ctl(2) EPOLL_CTL_ADD; <paramref name="token"/> comes back with each event.</summary>
    SysResult Watch(Fd poll, Fd fd, PollEvents events, ulong token);

    SysResult Rewatch(Fd poll, Fd fd, PollEvents events, ulong token);

    SysResult Unwatch(Fd poll, Fd fd);

    /// <summary>epoll_wait(2); −1 ms waits without end. An interrupted call returns no event.</summary>
    SysResult Poll(Fd poll, Span<PollEvent> events, int timeoutMs);

    /// <summary>signalfd(2) on the signals that <see cref="Signals.BlockInProcess"/> blocked.</summary>
    SysResult OpenSignals();

    /// <summary>The next signal's number, or 0 when none is pending.</summary>
    int NextSignal(Fd signals);

    /// <summary>eventfd(2): how another thread wakes the loop.</summary>
    SysResult OpenWake();

    void Wake(Fd wake);

    void DrainWake(Fd wake);

    /// <summary>socket(2), bind(2) and for streams listen(2).</summary>
    SysResult OpenListener(in ListenRequest request);

    /// <summary>
    /// unix(7): binds to a path, and for streams listens. A socket there that nobody answers any more is replaced; one that is answered is
    /// EADDRINUSE, anything else of that name EEXIST. <paramref name="inode"/> is what <see cref="RemoveControl"/> asks for.
    /// </summary>
    SysResult OpenLocalListener(in LocalListenRequest request, out long inode);

    /// <summary>getsockname(2).</summary>
    SocketAddress LocalAddress(Fd socket);

    /// <summary>accept4(2); the connection is close-on-exec, and non-blocking where asked.</summary>
    SysResult Accept(Fd listener, bool nonBlocking, out SocketAddress peer);

    SysResult Receive(Fd socket, Span<byte> buffer);

    /// <summary>The same without taking the bytes away (MSG_PEEK).</summary>
    SysResult Peek(Fd socket, Span<byte> buffer);

    SysResult Send(Fd socket, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// A last answer: it leaves together with the end of the connection when that is closed, in one segment (MSG_MORE). Unread bytes at the
    /// close would drop it: <see cref="Drain"/> first.
    /// </summary>
    SysResult SendLast(Fd socket, ReadOnlySpan<byte> bytes);

    /// <summary>Throws away what has been received and not been read (MSG_TRUNC on a stream, tcp(7)).</summary>
    void Drain(Fd socket);

    /// <summary>shutdown(2).</summary>
    SysResult Shutdown(Fd socket, ShutdownSide side);

    void SetNoDelay(Fd socket);

    void SetKeepAlive(Fd socket);

    /// <summary>SO_LINGER, in seconds.</summary>
    void SetLinger(Fd socket, int seconds);

    /// <summary>
    /// socket(2), bind(2) to <paramref name="from"/> unless it is none, and connect(2) without waiting: the new non-blocking descriptor,
    /// also while the connect is under way. It becomes writable when that is over; <see cref="ConnectError"/> then says how it went.
    /// </summary>
    SysResult StartConnect(in SocketAddress to, in SocketAddress from);

    /// <summary>SO_ERROR: why a connect failed, or none.</summary>
    Errno ConnectError(Fd socket);

    /// <summary>The peer is to see a reset, not an end, when this connection is closed: SO_LINGER of no seconds.</summary>
    void ResetOnClose(Fd socket);

    /// <summary>pipe2(2), both ends non-blocking; as large as <paramref name="capacity"/> bytes where the limits allow it.</summary>
    SysResult OpenPipe(int capacity, out Pipe pipe);

    /// <summary>read(2) without waiting from a pipe's end: 0 when nobody can write to it any more.</summary>
    SysResult ReadPipe(Fd readEnd, Span<byte> buffer);

    /// <summary>splice(2): moves up to <paramref name="most"/> bytes between a socket and a pipe without copying; 0 at the end.</summary>
    SysResult Splice(Fd from, Fd to, int most);

    /// <summary>ioctl(2) FIONBIO: whether calls on the descriptor wait.</summary>
    void SetBlocking(Fd fd, bool blocking);

    /// <summary>A datagram socket that sends to this address and gets nothing from others: socket(2), connect(2).</summary>
    SysResult ConnectDatagrams(in SocketAddress to);

    /// <summary>sendto(2) without waiting.</summary>
    SysResult SendTo(Fd socket, ReadOnlySpan<byte> datagram, in SocketAddress to);

    /// <summary>IPV6_ADDRFORM, ipv6(7): an IPv6 connection of an IPv4 peer becomes an IPv4 one.</summary>
    void MakeIPv4(Fd connection);

    /// <summary>A non-blocking stream connection to a local socket (unix(7)), or at once why there is none.</summary>
    SysResult ConnectLocal(string path);

    /// <summary>The sender of the first datagram in the queue, which stays there.</summary>
    SysResult PeekSender(Fd socket, out SocketAddress sender);

    /// <summary>
    /// Takes one connection out of a listening socket's queue and closes it. Never waits, although the socket blocks for the servers that
    /// are given it: one of them may have been quicker.
    /// </summary>
    SysResult DropConnection(Fd listener);

    /// <summary>Takes one datagram out of the queue.</summary>
    void DropDatagram(Fd socket);

    /// <summary>recvmmsg(2): how many datagrams the batch holds now.</summary>
    SysResult ReceiveBatch(Fd socket, DatagramBatch batch);

    /// <summary>sendmmsg(2) of every reply that was set; those that cannot be sent now are dropped, as a network would.</summary>
    void SendReplies(Fd socket, DatagramBatch batch);

    void Close(Fd fd);

    /// <summary>The same for a socket that is listened at: from then on nobody connects there, and the port can be taken anew.</summary>
    void CloseListener(Fd listener);

    /// <summary>A descriptor that is held only so that it can be given up when no other is left.</summary>
    SysResult OpenReserve();

    /// <summary>
    /// Starts a server: its process id, or why no process could be made. A failure between the process's birth and its exec is told by
    /// <see cref="TryTakeFailure"/> when the process has ended; if the image has memory of its own, it is in <see cref="ServerImage.Failure"/> at
    /// once, and the process is a zombie to be reaped like any other.
    /// </summary>
    SysResult Spawn(ServerImage image, Fd socket, ReadOnlySpan<byte> remoteHost);

    /// <summary>unix(7), SCM_RIGHTS: gives a connection to a parked server, without waiting.</summary>
    SysResult Give(Fd control, Fd connection, HandOverCommand command);

    /// <summary>inotify(7): a descriptor for <see cref="FileWatch"/>.</summary>
    SysResult OpenFileWatch();

    /// <summary>What has happened to watched files since this was last asked.</summary>
    void ReadFileWatch(Fd watch, List<FileChange> changes);

    /// <summary>A descriptor that tells when memory is short: <see cref="PressureWatch"/>.</summary>
    SysResult OpenMemoryPressure();

    /// <summary>setsockopt(2) with the bytes that somebody else has chosen.</summary>
    SysResult SetOption(Fd socket, int level, int option, ReadOnlySpan<byte> value);

    /// <summary>fcntl(2) F_SETFL.</summary>
    SysResult SetStatusFlags(Fd socket, int flags);

    /// <summary>
    /// The SELinux context for a program that serves this connection's peer: its length in <paramref name="label"/>, which has
    /// <see cref="SecurityLabel.Room"/> bytes.
    /// </summary>
    SysResult LabelForServer(Fd connection, string program, Span<byte> label);

    /// <summary>
    /// sock_diag(7): the sockets that take what is sent to an address of this machine, those of every address included: how many there are, of
    /// which <paramref name="inodes"/> holds the first. An error says nothing about them: the table of descriptors is full, as a rule.
    /// </summary>
    SysResult FindListeners(in SocketAddress address, bool datagrams, Span<long> inodes);

    /// <summary>PR_SET_CHILD_SUBREAPER(2const): servers that put themselves into the background stay our descendants.</summary>
    void AdoptOrphans();

    /// <summary>What the processes of a server that was just started are known by.</summary>
    /// <param name="mark">NAME=VALUE, of its environment.</param>
    ServerTrace Trace(int pid, string mark, ServerSpec spec);

    /// <summary>The same where the server is another process now.</summary>
    ServerTrace Retrace(int pid, in ServerTrace trace);

    /// <summary>
    /// The living processes of a server: those of its session, those that come from it, and orphans that carry its mark.
    /// </summary>
    void ListFamily(in ServerTrace trace, List<FamilyMember> members);

    /// <summary>It has not ended since it was listed. Costs one small file, where <see cref="ListFamily"/> reads those of all processes.</summary>
    bool Lives(in FamilyMember member);

    /// <summary>One of these processes holds the socket.</summary>
    bool FamilyHolds(long inode, in ServerTrace trace);

    /// <summary>
    /// An orphan of the same program and user, started after the server, which has lost its mark: the process id, or 0. Where
    /// <paramref name="inode"/> is not 0 it holds that socket.
    /// </summary>
    int FindOrphan(long inode, in ServerTrace trace, Predicate<int> isKnown);

    /// <summary>wait4(2) without waiting: false when no child has ended.</summary>
    /// <param name="ofAllThreads">Not only of the calling thread: never while another one traces.</param>
    bool Reap(bool ofAllThreads, out ChildExit exit);

    /// <summary>The memory that the servers of the configuration are started from.</summary>
    LaunchBlocks Launches { get; }

    /// <summary>Why a child that has ended never became the server, where <see cref="Spawn"/> could not tell yet.</summary>
    bool TryTakeFailure(in ChildExit exit, out LaunchFailure failure);

    /// <summary>kill(2). Whoever calls it has just seen that the number is still the process's that is meant.</summary>
    SysResult Kill(int pid, int signal);

    /// <summary>The same for nobody but a child of this process, whichever thread reaps it; ECHILD for any other.</summary>
    SysResult KillChild(int pid, int signal);

    /// <summary>open(2) for appending, made with mode 0644; never follows into a device that would block.</summary>
    SysResult OpenAppend(string path);

    SysResult Write(Fd fd, ReadOnlySpan<byte> bytes);

    /// <summary>The beginning of a regular file, as much as the buffer holds: how many bytes. Anything but a regular file is EINVAL.</summary>
    SysResult ReadFile(string path, Span<byte> buffer);

    /// <summary>fstat(2)'s st_size, or −1.</summary>
    long SizeOf(Fd fd);

    /// <summary>A socket to /dev/log that never blocks. On a stream a line ends with a byte 0, as syslog(3) sends it.</summary>
    SysResult OpenSyslog(out bool isStream);

    /// <summary>A socket for messages to the service manager, which never waits: <see cref="NotifySocket"/>.</summary>
    SysResult OpenNotify();

    SysResult Notify(Fd socket, string name, ReadOnlySpan<byte> message);

    /// <summary>
    /// unix(7): listens at a path that only root and the daemon's user may open. A socket that nobody answers any more is replaced; one
    /// that is answered is EADDRINUSE, anything else of that name EEXIST. <paramref name="inode"/> is what <see cref="RemoveControl"/> asks for.
    /// </summary>
    SysResult OpenControl(string path, out long inode);

    /// <summary>Takes the name of a local socket away, unless it is another one's by now.</summary>
    void RemoveControl(string path, long inode);

    /// <summary>SO_PEERCRED of unix(7): who is at the other end of a local connection.</summary>
    SysResult PeerUser(Fd connection, out uint uid);
}
