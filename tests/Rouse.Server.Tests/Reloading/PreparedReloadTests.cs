using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Server.Reloading;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Reloading;

/// <summary>Services that stay as they were are passed over; what is told must be what a comparison of everything tells.</summary>
public sealed class PreparedReloadTests
{
    [Fact]
    public void What_is_told_is_what_a_comparison_of_all_services_tells()
    {
        Random random = new(20261129);
        int told = 0;
        for (int round = 0; round < 3000; round++)
        {
            ServiceDefinition[] running = Some(random);
            ServiceDefinition[] next = Some(random);
            HashSet<ServiceDefinition> off = new(running.Where(_ => random.Next(8) == 0), ReferenceEqualityComparer.Instance);
            PreparedReload prepared = PreparedReload.Of(running, Given.Configuration(next), off);
            List<ExposureChange> expected = ExposureDiff.Compare([.. running.Where(service => !off.Contains(service))], InOrder(prepared.Plan));
            Assert.Equal(expected.Select(change => change.ToString()), prepared.Exposure.Select(change => change.ToString()));
            told += expected.Count;
        }

        Assert.InRange(told, 3000, int.MaxValue);
    }

    private static List<ServiceDefinition> InOrder(Plan plan) => [.. plan.Kept.Select(kept => kept.New), .. plan.Added];

    // Of a few ids and ports, each with a few things about it that may differ.
    private static ServiceDefinition[] Some(Random random)
    {
        List<ServiceDefinition> services = [];
        for (int id = 0; id < 5; id++)
        {
            if (random.Next(5) > 0)
            {
                services.Add(One(random, id));
                if (random.Next(4) == 0)
                {
                    services.Add(services[^1] with { BindAddresses = [IpAddress.FromV4(0x7f000000u + (uint)random.Next(2, 4))] });
                }
            }
        }

        return [.. services];
    }

    private static ServiceDefinition One(Random random, int id)
    {
        ServiceDefinition service = Given.External((ushort)(2000 + (10 * id) + random.Next(8) / 7), $"s{id}");
        return random.Next(12) switch
        {
            0 => service with { OnlyFrom = [Net(random.Next(2))] },
            1 => service with { NoAccess = [Net(random.Next(2))] },
            2 => service with { AccessTimes = [new AccessHours(0, 60 * random.Next(1, 3), default)] },
            3 => service with { Flags = ServiceFlags.NoLibwrap },
            4 => service with { Server = "/bin/other" },
            5 => service with { BindAddresses = [IpAddress.FromV4(0x7f000001)] },
            6 => service with { Flags = ServiceFlags.IPv4 },
            7 => service with { Types = ServiceTypes.Tcpmux | ServiceTypes.Unlisted, Port = 0, Name = $"n{random.Next(2)}" },
            8 => service with { V6Only = true },
            _ => service with { Nice = random.Next(3) },
        };
    }

    private static AddressPattern Net(int which) => AddressPattern.Network(IpAddress.FromV4((uint)(10 + which) << 24), 104, default);
}
