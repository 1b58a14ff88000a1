using System;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Linux;
using Rouse.Server.Gate;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Loop;
using Rouse.Server.Sessions;

namespace Rouse.Server.Launch;

/// <summary>The one place where servers are started, for connections and for the sockets of wait services alike.</summary>
internal sealed class Launcher(EventLoop loop, SessionTable sessions, Gatekeeper gate, DaemonLog log)
{
    private readonly BurstNotice _forkNotice = new(log);
    private readonly BurstNotice _labelNotice = new(log);

    /// <summary>Starts a service's server on a socket; false when no process could be made.</summary>
    public bool Launch(Service service, Fd socket, in SocketAddress peer)
    {
        Span<byte> remoteHost = stackalloc byte[46];
        int length = service.Keeper.Settings.TellsRemoteHost ? LogLine.FormatPeer(peer, remoteHost) : 0;
        ServerImage image = service.Image!;
        if (image.Spec.IsLabeled && !Label(service, image, socket))
        {
            service.Refuse(RefusalReason.Fork, peer);
            return false;
        }

        // A server that knows only IPv4 finds an IPv4 socket, as with the original.
        if (peer.Family == AddressFamily.IPv6 && !service.Definition.Wait && !service.Definition.KeepsMappedPeers && new IpAddress(peer.Address).IsV4)
        {
            loop.System.MakeIPv4(socket);
        }

        if (image.Spec.TellsConnection)
        {
            TellConnection(image, socket, peer);
        }

        SysResult started = loop.System.Spawn(image, socket, remoteHost[..length]);
        if (!started.Ok)
        {
            _forkNotice.Report(loop.NowMs, $"{service.Definition.Id}: fork failed: {started.Error.Describe()} (errno = {(int)started.Error}): "
                + "peers are turned away until a process can be made");
            service.Refuse(RefusalReason.Fork, peer);
            return false;
        }

        service.CountServed();
        if (service.CountsServers)
        {
            service.Occupancy.Enter(peer);
        }

        gate.Processes++;
        sessions.Add(service, started.Value, peer, loop.NowUnix);
        service.Log.Start(started.Value, peer, loop.NowUnix);
        if (image.Failure.Stage != LaunchStage.None)
        {
            TellFailure(service, image.Failure);
        }

        return true;
    }

    private void TellConnection(ServerImage image, Fd connection, in SocketAddress peer)
    {
        SocketAddress local = loop.System.LocalAddress(connection);
        Span<byte> localText = stackalloc byte[46];
        Span<byte> peerText = stackalloc byte[46];
        int length = local.HasIp && peer.HasIp ? LogLine.FormatPeer(local, localText) : 0;
        image.SetConnection(localText[..length], local.Port, peerText[..LogLine.FormatPeer(peer, peerText)], peer.Port);
    }

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

    private void TellFailure(Service service, LaunchFailure failure)
    {
        string what = failure.Stage == LaunchStage.Exec
            ? $"execv( {service.Image!.Spec.Path} ) failed: "
            : $"{service.Definition.Id}: {failure.Stage.Describe()} failed: ";
        log.Error($"{what}{failure.Error.Describe()} (errno = {(int)failure.Error})");
    }
}
