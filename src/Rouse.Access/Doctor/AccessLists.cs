using System;
using System.Collections.Immutable;
using Rouse.Config.Addresses;
using Rouse.Config.Doctor;
using Rouse.Config.Model;

namespace Rouse.Access.Doctor;

/// <summary>The two lists of services, as far as the daemon asks them. Services that inherited both are looked at once.</summary>
internal readonly record struct AccessLists(ImmutableArray<AddressPattern> OnlyFrom, ImmutableArray<AddressPattern> NoAccess)
{
    public static AccessLists Of(ServiceDefinition service) => new(service.OnlyFrom, service.NoAccess);

    public bool AreEmpty => OnlyFrom.IsDefault && NoAccess.IsDefaultOrEmpty;

    /// <summary>A peer's name may decide.</summary>
    public bool HaveNames => Has(OnlyFrom, AddressPatternKind.HostName) || Has(OnlyFrom, AddressPatternKind.Domain)
        || Has(NoAccess, AddressPatternKind.HostName) || Has(NoAccess, AddressPatternKind.Domain);

    /// <summary>The lists of a service are asked about every peer, or at least about the first of those that a server serves.</summary>
    public static bool AreAsked(ServiceDefinition service) =>
        !service.IsSensor() && !(service.HandsSocketOver() && service.IsStream());

    public static bool Has(ImmutableArray<AddressPattern> list, AddressPatternKind kind)
    {
        foreach (AddressPattern pattern in list.IsDefault ? [] : list)
        {
            if (pattern.Kind == kind)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Two lists are the same when they share their elements: exactly the inherited ones.</summary>
    public override int GetHashCode() => HashCode.Combine(OnlyFrom.GetHashCode(), NoAccess.GetHashCode());
}
