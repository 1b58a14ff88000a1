using System.Collections.Immutable;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Doctor;
using Rouse.Config.Model;

namespace Rouse.Access.Doctor;

/// <summary>IPv4 entries that a service wrote for itself although its socket hears IPv6 peers only, and the reverse.</summary>
internal static class ForeignFamilies
{
    private const int MostTold = 5;

    public static void Look(Examination e)
    {
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            (bool v4, bool v6) = service.Families();
            if (v4 != v6 && AccessLists.AreAsked(service))
            {
                int told = 0;
                Look(e, service, service.OnlyFrom, v4, ref told);
                Look(e, service, service.NoAccess, v4, ref told);
            }
        }
    }

    private static void Look(Examination e, ServiceDefinition service, ImmutableArray<AddressPattern> list, bool v4, ref int told)
    {
        foreach (AddressPattern pattern in list.IsDefault ? [] : list)
        {
            if (told == MostTold || pattern.Kind != AddressPatternKind.Network)
            {
                continue;
            }

            Network entry = Network.Of(pattern);
            if ((v4 ? !entry.HoldsV4 : !entry.HoldsV6) && e.Places.IsOwn(service, entry.Span))
            {
                told++;
                e.Warn(
                    Codes.ListEntryFamily,
                    entry.Span,
                    $"{Network.Word(entry.Span)} fits no peer of service {Quoted.Of(service.Id)}, whose socket is for {(v4 ? "IPv4" : "IPv6")} only. "
                        + "Take it out, or have the service listen for both (bind, flags, v6only).");
            }
        }
    }
}
