using Rouse.Config.Model;

namespace Rouse.Config.Tests.Binding;

public sealed class ServiceTests
{
    [Fact]
    public void A_service_in_order_becomes_a_definition()
    {
        Configuration configuration = Loaded.WithLines("server_args = -l --root /srv");
        ServiceDefinition service = configuration.Only();
        Assert.Empty(configuration.Diagnostics);
        Assert.Equal("test", service.Id);
        Assert.Equal(7777, service.Port);
        Assert.Equal(new ProtocolEntry("tcp", 6), service.Protocol);
        Assert.Equal(SocketType.Stream, service.SocketType);
        Assert.False(service.Wait);
        Assert.Equal(65534u, service.User!.Uid);
        Assert.Equal(["in.server", "-l", "--root", "/srv"], service.Arguments);
        Assert.True(service.OnlyFrom.IsDefault);
        Assert.True(service.PassEnvironment.IsDefault);
        Assert.Equal(new CpsLimit(50, 10), service.Cps);
        Assert.Null(service.Instances);
        Assert.Equal("/etc/xinetd.conf:1:9", service.Span.ToString());
    }

    [Fact]
    public void A_listed_service_takes_its_port_from_etc_services_and_its_protocol_from_its_socket_type()
    {
        ServiceDefinition service = Loaded.From("""
            service echo
            {
            type = INTERNAL
            id = echo-dgram
            socket_type = dgram
            wait = yes
            }
            """).Only();
        Assert.Equal(7, service.Port);
        Assert.Equal("udp", service.Protocol.Name);
        Assert.Equal(BuiltInService.Echo, service.BuiltIn);
        Assert.Equal("echo-dgram", service.Id);
    }
}
