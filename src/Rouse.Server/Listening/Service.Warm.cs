using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Warm;

namespace Rouse.Server.Listening;

/// <summary>The part of a service that is about servers started beforehand.</summary>
internal sealed partial class Service
{
    private const int Tcp = 6;

    /// <summary>Its parked servers; null for a service that starts none beforehand.</summary>
    public WarmPool? Warm { get; private set; }

    // The connection comes as one descriptor more.
    private static bool HasRoom(ServerSpec spec)
    {
        const int RLIMIT_NOFILE = 7;
        foreach (ResourceLimitSpec limit in spec.ResourceLimits)
        {
            if (limit.Resource == RLIMIT_NOFILE && limit.Soft < PlaceholderTable.Room)
            {
                return false;
            }
        }

        return true;
    }

    private void AdjustWarm(StartMode before)
    {
        // What a parked server is told beforehand holds for TCP alone, and what it is started with must not depend on the peer.
        if (Definition.Start.Kind is not (StartKind.Warm or StartKind.WarmShared) || Definition.Local is not null || Definition.Protocol.Number != Tcp
            || Image is not { Spec: { TellsConnection: false, IsLabeled: false } spec } || !HasRoom(spec))
        {
            Warm?.Close("its definition has changed, and nothing is started beforehand any more");
            Warm = null;
        }
        else if (Warm is null)
        {
            Warm = new WarmPool(Keeper.Warm, this);
            if (State == ServiceState.Listening)
            {
                Warm.Open();
            }
        }
        else
        {
            Warm.Adjust(spec, before == Definition.Start);
        }
    }
}
