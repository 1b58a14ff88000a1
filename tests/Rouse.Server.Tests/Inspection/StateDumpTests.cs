using System.Threading;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Inspection;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Inspection;

public sealed class StateDumpTests
{
    [Fact]
    public void It_shows_services_servers_and_totals_in_the_originals_form()
    {
        ServiceDefinition service = Given.External() with
        {
            Types = ServiceTypes.Unlisted,
            Flags = ServiceFlags.NoDelay | ServiceFlags.IPv4,
            User = new UserEntry("nobody", 65534, 65534),
            Group = new GroupEntry("daemon", 1),
            Umask = 0x3f,
            Nice = 3,
            Cps = new CpsLimit(30, 10),
            PerSource = 7,
            OnlyFrom = [AddressPattern.Network(IpAddress.FromV4(0x0a000000), 104, default), AddressPattern.Network(new IpAddress(1), 128, default)],
            NoAccess = [new AddressPattern(AddressPatternKind.Domain, default, 0, ".example.com", default)],
            AccessTimes = [new AccessHours(0, 720, default)],
            Environment = ["A=\t1"],
        };
        Given.World world = Given.Running(service);
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1, 4001));
        Assert.Equal(
            $"""
            INTERNAL STATE DUMP: 9.9
            Current time: Tue Nov 24 06:16:40 2026

            Services:
            Service = server
            	State = Active
            	Service configuration: server
            		id = server
            		flags = NODELAY IPv4
            		type = UNLISTED
            		socket_type = stream
            		Protocol (name,number) = (tcp,6)
            		port = 2000
            		wait = no
            		user = 65534
            		group = 1
            		Groups = no
            		umask = 77
            		Nice = 3
            		CPS = max conn:30 wait:10
            		PER_SOURCE = 7
            		Bind = All addresses.
            		Server = /bin/server
            		Server argv = server
            		Access times = 00:00-12:00
            		Only from:  10.0.0.0/8(NET) ::1(NUMERIC)
            		No access:  .example.com(HOST)
            		Logging to file: /service.log (no limits)
            		Log_on_success flags = HOST DURATION EXIT PID
            		Log_on_failure flags = HOST
            		Environment additions:
            			A=?1
            	running servers = 1
            	served = 1
            	refused = 0
            	service fd = {world.Keeper.Services[0].Listeners[0].Socket.Value}

            Server table dump:
            server server
            pid = {world.System.LastPid}
            start_time = Tue Nov 24 06:16:40 2026
            Connection info:
            	service = server
            	remote_address = 10.0.0.1,4001


            active_services = 1
            available_services = 1
            running_servers = 1

            max_descriptors = 1024
            process_limit = 0
            config_file = /etc/x.conf

            END OF DUMP


            """,
            new StateDump(world.Keeper).Text().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Names_of_the_environment_that_is_passed_on_are_shown_and_no_values()
    {
        Given.World world = Given.Running(Given.External() with { PassEnvironment = ["PATH"] });
        string text = new StateDump(world.Keeper).Text();
        Assert.Contains("\t\tPassenv = PATH\n", text);
        Assert.DoesNotContain("/bin\n", text);
    }

    [Fact]
    public void A_disk_that_does_not_answer_holds_up_nobody_and_no_second_dump_piles_up()
    {
        Given.World world = Given.Running(Given.External());
        using ManualResetEventSlim disk = new();
        world.System.BeforeOpenAppend = disk.Wait;
        world.System.Raise(Signal.USR1);
        world.Turn();
        world.System.Raise(Signal.USR1);
        world.Turn();
        Assert.Contains("the last state dump is still being written to /var/run/xinetd.dump", world.DaemonLog);
        Assert.True(world.Connect());
        Assert.Equal(1, world.System.SpawnCount);

        // The fake kernel is one thread's: it is left alone until the other has woken the loop.
        world.System.Woken.Reset();
        disk.Set();
        Assert.True(world.System.Woken.Wait(10_000, TestContext.Current.CancellationToken));
        world.Turn();
        Assert.Contains("INFO: generated state dump in file /var/run/xinetd.dump", world.DaemonLog);
        Assert.Contains("END OF DUMP", world.System.Logs["/var/run/xinetd.dump"].ToString());
    }
}
