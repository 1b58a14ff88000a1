using System.Collections.Generic;
using System.Linq;
using Rouse.Config;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Server.Reloading;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Reloading;

public sealed class PlanTests
{
    private static readonly ServiceDefinition A = Given.External(1, "a");
    private static readonly ServiceDefinition B = Given.External(2, "b");

    [Fact]
    public void What_is_named_again_is_kept_what_is_not_is_dropped_what_is_new_is_added()
    {
        ServiceDefinition c = Given.External(3, "c");
        Plan plan = Plan.Compare([A, B], Given.Configuration(B with { Nice = 3 }, c));
        Assert.Equal([A], plan.Dropped);
        Assert.Equal([c], plan.Added);
        KeptService kept = Assert.Single(plan.Kept);
        Assert.Equal(3, kept.New.Nice);
        Assert.False(kept.Rebind);
    }

    [Fact]
    public void Another_identity_under_the_same_id_is_another_service()
    {
        List<ServiceDefinition> others =
        [
            A with { Port = 9 }, A with { Wait = true }, A with { Protocol = new ProtocolEntry("sctp", 132) },
            A with { Types = ServiceTypes.Internal, BuiltIn = BuiltInService.Echo }, A with { SocketType = SocketType.SeqPacket },
        ];
        foreach (ServiceDefinition other in others)
        {
            Plan plan = Plan.Compare([A], Given.Configuration(other));
            Assert.Equal([A], plan.Dropped);
            Assert.Equal([other], plan.Added);
        }
    }

    [Fact]
    public void Two_services_of_one_id_on_different_sockets_are_two()
    {
        ServiceDefinition udp = Given.Dgram(A);
        Plan plan = Plan.Compare([A, udp], Given.Configuration(A, udp));
        Assert.Equal(2, plan.Kept.Count);
        Assert.Equal([udp], Plan.Compare([A, udp], Given.Configuration(A)).Dropped);
        Assert.Equal([udp], Plan.Compare([A], Given.Configuration(A, udp)).Added);
    }

    [Fact]
    public void Services_that_differ_in_their_address_alone_stay_where_they_are()
    {
        (ServiceDefinition one, ServiceDefinition two, ServiceDefinition three) = (At(1), At(2), At(3));
        foreach (ServiceDefinition[] next in new[] { new[] { one, two }, [two, one] })
        {
            Plan plan = Plan.Compare([one, two], Given.Configuration(next));
            Assert.Equal([(one, one, false), (two, two, false)], plan.Kept.Select(kept => (kept.Old, kept.New, kept.Rebind)));
            Assert.Empty(plan.Dropped);
            Assert.Empty(plan.Added);
        }

        Plan moved = Plan.Compare([one, two], Given.Configuration(two with { Nice = 3 }, three));
        Assert.Equal([(one, three, true), (two, two with { Nice = 3 }, false)], moved.Kept.Select(kept => (kept.Old, kept.New, kept.Rebind)));
        Assert.Equal([three], Plan.Compare([one, two], Given.Configuration(one, two, three)).Added);
        Assert.Equal([one], Plan.Compare([one, two], Given.Configuration(two)).Dropped);
        Plan broken = Plan.Compare([one, two], Given.Configuration(two) with { Broken = [new BrokenService("a", "a", SourceSpan.None)] });
        Assert.Equal([one], broken.KeptThoughBroken);
        Assert.False(Assert.Single(broken.Kept).Rebind);
    }

    [Fact]
    public void Another_kind_of_socket_under_the_same_key_takes_no_definition_from_the_one_that_stays()
    {
        ServiceDefinition raw = A with { SocketType = SocketType.SeqPacket, BindAddresses = [IpAddress.FromV4(1)] };
        Plan plan = Plan.Compare([A, raw], Given.Configuration(A, raw));
        Assert.Equal([A, raw], plan.Kept.Select(kept => kept.New));
        Assert.Empty(plan.Dropped);
    }

    [Fact]
    public void Another_address_or_family_means_binding_again()
    {
        foreach (ServiceDefinition other in new[] { A with { BindAddresses = [IpAddress.FromV4(1)] }, A with { Flags = ServiceFlags.IPv6 }, A with { V6Only = true } })
        {
            Assert.True(Assert.Single(Plan.Compare([A], Given.Configuration(other)).Kept).Rebind);
        }
    }

    [Fact]
    public void An_entry_with_an_error_keeps_what_runs_and_one_taken_out_does_not()
    {
        Configuration next = Given.Configuration() with { Broken = [new BrokenService("a", "a", SourceSpan.None)] };
        Plan plan = Plan.Compare([A, B], next);
        Assert.Equal([A], plan.KeptThoughBroken);
        Assert.Equal([B], plan.Dropped);
    }

    private static ServiceDefinition At(byte host) => A with { BindAddresses = [IpAddress.FromV4(0x7f000000u + host)] };
}
