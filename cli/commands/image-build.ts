import { type ClientOptions, connect } from '../client.ts';
import { findRecipe, type Machine } from '../image/recipe.ts';
import { buildImage, defaultName } from '../image/register.ts';
import { print } from '../output.ts';
import { progressOn } from '../progress.ts';

export interface ImageBuildOptions extends ClientOptions, Machine {
  name?: string;
  public?: boolean;
  json?: boolean;
}

export async function imageBuild(recipeName: string, options: ImageBuildOptions): Promise<void> {
  const recipe = await findRecipe(recipeName);
  const clients = await connect(options);
  const progress = progressOn(process.stderr);
  const image = await buildImage(
    recipe,
    options,
    options.name ?? defaultName(recipe, options),
    options.public ?? false,
    clients,
    progress,
  );
  progress.end();
  print(options.json, image, [
    ...(image.reused ? [`An image named ${image.name} is there already; it is used as it is.`] : []),
    image.imageId,
  ]);
}
