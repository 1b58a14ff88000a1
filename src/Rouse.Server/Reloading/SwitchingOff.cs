using System.Collections.Generic;
using Rouse.Server.Listening;

namespace Rouse.Server.Reloading;

/// <summary>
/// Closes what a service listens on, at once and until the next reload. Its servers, and the connections that the daemon answers for it,
/// go on. It stays among the services, so that its limits still count them when it is on again.
/// </summary>
internal static class SwitchingOff
{
    /// <param name="name">An id or a name: every service that is called so.</param>
    /// <param name="asked">The number of this request among all.</param>
    public static SwitchResult Apply(Keeper keeper, string name, long asked)
    {
        List<(Service, SwitchChange)> switched = [];
        foreach (Service service in keeper.Services)
        {
            if (!service.IsCalled(name))
            {
                continue;
            }

            bool wasOn = !service.IsOff;
            service.SwitchOff(asked);
            switched.Add((service, wasOn ? SwitchChange.Disabled : SwitchChange.Unchanged));
            if (wasOn)
            {
                int left = SessionsOf(keeper, service);
                string rest = left == 0 ? "" : service.Resident is not null ? "; its server is ended" : $"; {left} session{(left == 1 ? "" : "s")} of it {(left == 1 ? "goes" : "go")} on";
                keeper.Log.Notice($"service {service.Definition.Id} is disabled until the next reload{rest}");
            }
        }

        return switched.Count == 0
            ? new SwitchResult($"no service '{name}' runs") { IsUnknown = true }
            : new SwitchResult("") { Services = switched };
    }

    /// <summary>Its servers, and the connections that are answered for it here.</summary>
    public static int SessionsOf(Keeper keeper, Service service) => keeper.Sessions.Of(service).Count + service.CountAnsweredHere();
}
