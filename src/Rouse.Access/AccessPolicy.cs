using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Access.Addresses;
using Rouse.Config.Addresses;
using Rouse.Config.Model;

namespace Rouse.Access;

/// <summary>A service's only_from, no_access and access_times, compiled when the configuration is read. Immutable.</summary>
public sealed class AccessPolicy
{
    private AccessPolicy(AddressSet? onlyFrom, AddressSet? noAccess, ImmutableArray<AccessHours> times)
    {
        OnlyFrom = onlyFrom;
        NoAccess = noAccess;
        Times = times;
    }

    /// <summary>Null: everybody. An empty set: nobody.</summary>
    public AddressSet? OnlyFrom { get; }

    /// <summary>Null: forbids nobody.</summary>
    public AddressSet? NoAccess { get; }

    /// <summary>Empty: at all times.</summary>
    public ImmutableArray<AccessHours> Times { get; }

    /// <summary>Not everybody may come in from everywhere.</summary>
    public bool HasAddressRules => OnlyFrom is not null || NoAccess is not null;

    public static AccessPolicy Compile(ServiceDefinition service) => Compile(service, new AddressSetPool());

    /// <summary>Services that inherit one list share its compiled form through <paramref name="pool"/>.</summary>
    public static AccessPolicy Compile(ServiceDefinition service, AddressSetPool pool)
    {
        AddressSet? onlyFrom = service.OnlyFrom.IsDefault ? null : pool.Compile(service.OnlyFrom);
        AddressSet? noAccess = service.NoAccess.IsDefaultOrEmpty ? null : pool.Compile(service.NoAccess);
        ImmutableArray<AccessHours> times = service.AccessTimes.IsDefault ? [] : service.AccessTimes;
        if (pool.Last is not { } last || last.OnlyFrom != onlyFrom || last.NoAccess != noAccess || last.Times != times)
        {
            pool.Last = new(onlyFrom, noAccess, times);
        }

        return pool.Last;
    }
}

/// <summary>Compiles each list of one configuration once, however many services inherited it. Needed only while compiling.</summary>
public sealed class AddressSetPool
{
    // Two ImmutableArrays are equal when they share their elements: exactly the inherited ones.
    private readonly Dictionary<ImmutableArray<AddressPattern>, AddressSet> _sets = [];

    /// <summary>The policy of the service before, which is the next one's too where both say nothing of their own.</summary>
    internal AccessPolicy? Last { get; set; }

    internal AddressSet Compile(ImmutableArray<AddressPattern> patterns)
    {
        if (!_sets.TryGetValue(patterns, out AddressSet? set))
        {
            set = AddressSet.Compile(patterns);
            _sets.Add(patterns, set);
        }

        return set;
    }
}
