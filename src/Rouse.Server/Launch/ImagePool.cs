using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Launch;

/// <summary>
/// The images of all services. They are laid out in blocks that all share; and services that follow one another and start the same program
/// in the same way, on ports of their own, share one image.
/// </summary>
/// <param name="blocks">Theirs for as long as the daemon runs.</param>
/// <param name="tellsConnection">See <see cref="KeeperSettings.TellsConnection"/>.</param>
internal sealed class ImagePool(LaunchBlocks blocks, ServerWorld world, bool tellsConnection)
{
    private ServerImage? _last;

    public ServerImage For(ServiceDefinition definition)
    {
        ServerSpec spec = ServerImages.Describe(definition, world, tellsConnection);
        if (_last is null || _last.Spec != spec)
        {
            _last = ServerImages.Build(spec, blocks);
        }

        return _last;
    }
}
