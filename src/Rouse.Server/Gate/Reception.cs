using Rouse.Access;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;

namespace Rouse.Server.Gate;

/// <summary>
/// The way of an accepted connection to its handler, in the original's order: banner, the gate's judgement, banner_success or
/// banner_fail. Who waits for nothing passes through in one go, without an allocation.
/// </summary>
internal sealed class Reception(Keeper keeper)
{
    private readonly Banners _banners = new(keeper.System, keeper.Log);

    /// <summary>A new connection of a service: it is served, or turned away and closed.</summary>
    public void Receive(Service service, Fd connection, in SocketAddress peer)
    {
        if (service.Definition.Banner.Length > 0)
        {
            _banners.Show(connection, service.Definition.Banner, service.Definition.Id);
        }

        Admit(service, connection, peer);
    }

    /// <summary>The same without the banner, for a connection that has come in through another service.</summary>
    public void Admit(Service service, Fd connection, in SocketAddress peer)
    {
        Judgement judgement = keeper.Gate.Judge(service, peer);
        if (judgement.NeedsName)
        {
            // Names of peers are not looked up yet: decided as if the look-up had failed, which opens nothing.
            judgement = keeper.Gate.JudgeAddress(service, peer, PeerName.Unknown);
        }

        if (judgement.IsAllowed)
        {
            Welcome(service, connection, peer);
        }
        else
        {
            TurnAway(service, connection, peer, judgement.Reason);
        }
    }

    private void Welcome(Service service, Fd connection, in SocketAddress peer)
    {
        if (service.Definition.BannerSuccess.Length > 0)
        {
            _banners.Show(connection, service.Definition.BannerSuccess, service.Definition.Id);
        }

        service.Handler!.Serve(service, connection, peer);
    }

    private void TurnAway(Service service, Fd connection, in SocketAddress peer, RefusalReason reason)
    {
        ServiceDefinition definition = service.Definition;
        if (definition.BannerFail.Length > 0)
        {
            _banners.Show(connection, definition.BannerFail, definition.Id);
        }

        if (definition.Banner.Length > 0 || definition.BannerFail.Length > 0)
        {
            // Closing with unread bytes would reset the connection, and the peer could lose the banner.
            keeper.System.Drain(connection);
        }

        keeper.System.Close(connection);
        service.Refuse(reason, peer);
    }
}
