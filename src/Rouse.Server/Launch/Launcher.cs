using System;
using System.Text;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Linux;
using Rouse.Server.Gate;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Loop;
using Rouse.Server.Sessions;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Launch;

/// <summary>The one place where servers are started, for connections and for the sockets of wait services alike.</summary>
internal sealed class Launcher(EventLoop loop, SessionTable sessions, Gatekeeper gate, DaemonLog log)
{
    private const int LongestName = 255;

    private readonly BurstNotice _forkNotice = new(log);
    private readonly BurstNotice _labelNotice = new(log);

    /// <summary>Starts a service's server on a socket: its process id, or 0 when no process could be made.</summary>
    public int Launch(Service service, Fd socket, in SocketAddress peer) => Launch(service, service.Image!, socket, peer);

    /// <summary>The same with what a rule of tcp_wrappers changes about the server.</summary>
    public int Launch(Service service, Fd socket, in SocketAddress peer, ServerChanges? changes)
    {
        if (changes is null)
        {
            return Launch(service, socket, peer);
        }

        if (ChangedServers.Apply(service.Definition, changes, out string fault) is not { } definition)
        {
            log.Error($"{service.Definition.Id}: the tcp_wrappers rule for this peer cannot be carried out: {fault}; it is turned away");
            service.Refuse(RefusalReason.Libwrap, peer);
            return 0;
        }

        ServerSpec spec = ServerImages.Describe(definition, service.Keeper.World, service.Keeper.Settings.TellsConnection);
        using ServerImage image = ServerImages.Build(spec, loop.System.Launches);
        return Launch(service, image, socket, peer);
    }

    /// <summary>Starts a process as a server of a service.</summary>
    public int Launch(Service service, ServerImage image, Fd socket, in SocketAddress peer)
    {
        // A warm service's servers find no REMOTE_HOST, whichever of them is cold: one that leans on it fails at once, not now and then.
        Span<byte> remoteHost = stackalloc byte[LogLine.PeerRoom];
        int length = service.Keeper.Settings.TellsRemoteHost && service.Warm is null ? LogLine.FormatPeer(peer, remoteHost) : 0;
        if (image.Spec.IsLabeled && !Label(service, image, socket))
        {
            service.Refuse(RefusalReason.Fork, peer);
            return 0;
        }

        MakeReady(service, socket, peer);
        if (image.Spec.TellsConnection)
        {
            TellConnection(service.Keeper, image, socket, peer);
        }

        gate.MakeRoom();
        SysResult started = loop.System.Spawn(image, socket, remoteHost[..length]);
        if (!started.Ok)
        {
            _forkNotice.Report(loop.NowMs, $"{service.Definition.Id}: fork failed: {started.Error.Describe()} (errno = {(int)started.Error}): "
                + "peers are turned away until a process can be made");
            service.Refuse(RefusalReason.Fork, peer);
            return 0;
        }

        Started(service, started.Value, peer);
        return started.Value;
    }

    /// <summary>A server that knows only IPv4 finds an IPv4 socket, as with the original.</summary>
    public void MakeReady(Service service, Fd socket, in SocketAddress peer)
    {
        if (peer.Family == AddressFamily.IPv6 && !service.Definition.Wait && !service.Definition.KeepsMappedPeers && new IpAddress(peer.Address).IsV4)
        {
            loop.System.MakeIPv4(socket);
        }
    }

    /// <summary>A process is a peer's server from now on: it is counted, listed and logged.</summary>
    public void Started(Service service, int pid, in SocketAddress peer)
    {
        Count(service, peer);
        Begin(service, pid, peer);
    }

    /// <summary>The half of it that can be done before the process is known: the places that it takes.</summary>
    public void Count(Service service, in SocketAddress peer)
    {
        service.CountServed();
        Enter(service, peer);
    }

    /// <summary>Starts a server that no connection asked for; its process id, or why there is none. Nobody is turned away.</summary>
    public SysResult LaunchUnasked(Service service, ServerImage image, Fd socket)
    {
        gate.MakeRoom();
        SysResult started = loop.System.Spawn(image, socket, default);
        if (started.Ok)
        {
            Enter(service, SocketAddress.None);
            Begin(service, started.Value, SocketAddress.None);
        }

        return started;
    }

    /// <summary>No process came of it.</summary>
    public void Uncount(Service service, in SocketAddress peer)
    {
        if (service.CountsServers)
        {
            service.Occupancy.Leave(peer);
        }

        gate.GiveBackPlace();
    }

    /// <summary>The other half.</summary>
    public void Begin(Service service, int pid, in SocketAddress peer)
    {
        if (sessions.Has(pid))
        {
            // Another thread has reaped that one; the word of it is still on its way, and the kernel has given its number away again.
            service.Keeper.ChildEnded(new ChildExit(pid, 0, -1));
        }

        sessions.Add(service, pid, peer, loop.NowUnix);
        service.Log.Start(pid, peer, loop.NowUnix);
    }

    private void Enter(Service service, in SocketAddress peer)
    {
        if (service.CountsServers)
        {
            service.Occupancy.Enter(peer);
        }

        gate.Processes++;
    }

    private void TellConnection(Keeper keeper, ServerImage image, Fd connection, in SocketAddress peer)
    {
        SocketAddress local = loop.System.LocalAddress(connection);
        Span<byte> localText = stackalloc byte[LogLine.PeerRoom];
        Span<byte> peerText = stackalloc byte[LogLine.PeerRoom];
        ReadOnlySpan<byte> here = localText[..(local.HasIp && peer.HasIp ? LogLine.FormatPeer(local, localText) : 0)];
        ReadOnlySpan<byte> there = peerText[..LogLine.FormatPeer(peer, peerText)];
        image.SetConnection(here, local.Port, there, peer.Port);
        if (keeper.Settings.TellsNames && here.Length > 0)
        {
            Span<byte> localRoom = stackalloc byte[LongestName];
            Span<byte> peerRoom = stackalloc byte[LongestName];
            image.SetNames(
                NameOr(here, keeper.Names.Recall(local.Address), localRoom), NameOr(there, keeper.Names.Recall(peer.Address), peerRoom));
        }
    }

    // As inetutils does it: where there is no name the address stands in its place.
    private static ReadOnlySpan<byte> NameOr(ReadOnlySpan<byte> address, in PeerName name, Span<byte> room) =>
        name.Text.Length is 0 or > LongestName ? address : room[..Encoding.Latin1.GetBytes(name.Text, room)];

    // flags = LABELED: a peer whose label is not known gets no server, as one with the daemon's own label would have more rights.
    private bool Label(Service service, ServerImage image, Fd connection)
    {
        Span<byte> label = stackalloc byte[SecurityLabel.Room];
        SysResult known = loop.System.LabelForServer(connection, image.Spec.Path, label);
        if (known.Ok)
        {
            image.SetLabel(label[..known.Value]);
            return true;
        }

        _labelNotice.Report(loop.NowMs, $"{service.Definition.Id}: no security context for a peer: {known.Error.Describe()} "
            + $"(errno = {(int)known.Error}): peers without one are turned away");
        return false;
    }

    /// <summary>A server's process never got as far as its program.</summary>
    public void TellFailure(Service service, string path, LaunchFailure failure)
    {
        string what = failure.Stage == LaunchStage.Exec
            ? $"execv( {path} ) failed: "
            : $"{service.Definition.Id}: {failure.Stage.Describe()} failed: ";
        log.Error($"{what}{failure.Error.Describe()} (errno = {(int)failure.Error})");
    }
}
