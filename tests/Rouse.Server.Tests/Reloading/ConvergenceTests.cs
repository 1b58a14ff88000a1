using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CsCheck;
using Rouse.Config;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Server.Listening;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Reloading;

/// <summary>However a daemon has come to a configuration, what it then does is what that configuration says.</summary>
public sealed class ConvergenceTests
{
    private static readonly ImmutableArray<IpAddress>[] Binds = [[], [IpAddress.FromV4(0x7f000001)], [IpAddress.FromV4(0x7f000001), IpAddress.FromV4(0x7f000002)]];

    private static readonly BuiltInService[] Kinds =
        [BuiltInService.None, BuiltInService.Echo, BuiltInService.Daytime, BuiltInService.Chargen, BuiltInService.Discard];

    // Few ids and ports, so that services meet again under the same id with another port, and on the same port under another id.
    private static readonly Gen<ServiceDefinition> Services = Gen.Select(
        Gen.Int[0, 4], Gen.Int[0, 5], Gen.Int[0, Kinds.Length - 1], Gen.Int[0, Binds.Length - 1], Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 3],
        (id, port, kind, bind, datagrams, instances, perSource) => Make(id, port, Kinds[kind], Binds[bind], datagrams, instances, perSource));

    private static readonly Gen<Configuration> Configurations = Services.Array[0, 6].Select(Distinct);

    [Fact]
    public void Reloading_from_one_configuration_to_another_ends_as_starting_with_the_other() =>
        Gen.Select(Configurations, Configurations, Configurations).Sample(
            (first, second, third) =>
            {
                Given.World reloaded = new(first);
                reloaded.Reload(second);
                reloaded.Reload(third);
                Given.World started = new(third);
                string wanted = Describe(started);
                string seen = Describe(reloaded);
                return wanted == seen ? true : throw new InvalidOperationException($"started:\n{wanted}\nreloaded:\n{seen}");
            },
            iter: 2_000,
            threads: 1);

    private static ServiceDefinition Make(
        int id, int port, BuiltInService kind, ImmutableArray<IpAddress> bind, bool datagrams, int instances, int perSource)
    {
        ServiceDefinition made = kind == BuiltInService.None
            ? Given.External((ushort)(2000 + port), $"s{id}")
            : Given.BuiltIn(kind, (ushort)(2000 + port)) with { Id = $"s{id}" };
        made = made with
        {
            BindAddresses = bind,
            Instances = instances == 0 ? null : instances,
            PerSource = perSource == 0 ? null : perSource,
        };
        return datagrams ? Given.Dgram(made) : made;
    }

    // As the reading of a configuration leaves them: no two services of one id, none of two that want the same socket.
    private static Configuration Distinct(ServiceDefinition[] services)
    {
        HashSet<string> ids = [];
        HashSet<(ushort Port, int Protocol)> ports = [];
        return Given.Configuration([.. services.Where(s => ids.Add(s.Id) && ports.Add((s.Port, s.Protocol.Number)))]);
    }

    private static string Describe(Given.World world) => string.Join(
        '\n',
        world.Keeper.Services.OrderBy(service => service.Definition.Id, StringComparer.Ordinal).Select(service =>
            $"{service.Definition.Id} {service.State} {service.Definition} live={service.Occupancy.Live} counts={service.Occupancy.CountsSources} "
            + string.Join(' ', service.Listeners.Select(Describe).Order(StringComparer.Ordinal)))
            .Append($"descriptors {world.System.OpenCount}"));

    private static string Describe(Listener listener) => $"{listener.GetType().Name}:{listener.Local}:{listener.IsWatched}";
}
