using Rouse.Config.Model;

namespace Rouse.Config.Binding;

/// <summary>The services that the daemon answers itself, by name and socket type.</summary>
internal static class BuiltIns
{
    public const string Names = "echo, discard, daytime, time, chargen (stream and dgram), and tcpmux, services, servers (stream)";

    public static BuiltInService Find(string name, SocketType socketType)
    {
        BuiltInService service = name.ToLowerInvariant() switch
        {
            "echo" => BuiltInService.Echo,
            "discard" => BuiltInService.Discard,
            "daytime" => BuiltInService.Daytime,
            "time" => BuiltInService.Time,
            "chargen" => BuiltInService.Chargen,
            "tcpmux" => BuiltInService.Tcpmux,
            "services" => BuiltInService.Services,
            "servers" => BuiltInService.Servers,
            _ => BuiltInService.None,
        };
        bool exists = socketType switch
        {
            SocketType.Stream => true,
            SocketType.Dgram => service is not (BuiltInService.Tcpmux or BuiltInService.Services or BuiltInService.Servers),
            _ => false,
        };
        return exists ? service : BuiltInService.None;
    }
}
