import { canSee } from '../../domain/image-visibility.ts';
import {
  nameFault,
  type Parameter,
  type ParameterDataType,
  type ParameterType,
  parameterId,
  withValue,
} from '../../domain/parameter.ts';
import {
  parameterExists,
  parameterLimitExceeded,
  reservedParameter,
  ssmValidation,
  unsupportedParameterType,
} from '../../domain/ssm-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import type { PutParameterRequest } from './actions.ts';
import { operation } from './operation.ts';

const longestValue = 4096;
const longestDescription = 1024;
const mostParameters = 10_000;

/**
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 * Of the data type `aws:ec2:image` the value is an image the caller sees: AWS finds out after its answer, here it is said in it.
 */
export const putParameter = operation('PutParameter', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  checkInput(input);
  const type = parseType(input.Type);
  const dataType = parseDataType(input.DataType);
  const Version = await context.records.transaction(async records => {
    const before = await records.parameters.get(parameterId({ ownerId, name: input.Name }));
    if (before && !input.Overwrite) throw parameterExists();
    const next = before ? changed(before, type, dataType) : fresh(ownerId, input.Name, type, dataType);
    if (
      !before &&
      (await records.parameters.list({ ownerId }, { limit: mostParameters })).length >= mostParameters
    )
      throw parameterLimitExceeded(mostParameters);
    if (next.dataType === 'aws:ec2:image') await checkImage(records, context, input.Value);
    const put = withValue(
      { ...next, description: input.Description || next.description },
      input.Value,
      context.now().toISOString(),
    );
    await records.parameters.put(put);
    return put.versions.at(-1)!.version;
  });
  return { Version, Tier: 'Standard' };
});

/** @throws ValidationException, AccessDeniedException; what would change a parameter's meaning is refused by name */
function checkInput(input: PutParameterRequest): void {
  if (/^\/?aws(\/|$)/i.test(input.Name)) throw reservedParameter(input.Name);
  const fault = nameFault(input.Name);
  if (fault) throw ssmValidation(fault);
  if (input.Value === '') throw ssmValidation('Value must not be empty.');
  if (Buffer.byteLength(input.Value) > longestValue)
    throw ssmValidation(
      `Standard tier parameters support a maximum parameter value of ${longestValue} characters.`,
    );
  if ((input.Description?.length ?? 0) > longestDescription)
    throw ssmValidation(`Description must be at most ${longestDescription} characters long.`);
  if (input.Tier && input.Tier !== 'Standard' && input.Tier !== 'Intelligent-Tiering')
    throw ssmValidation(`The tier ${input.Tier} is not supported: say Standard.`);
  for (const name of ['AllowedPattern', 'KeyId', 'Policies'] as const)
    if (input[name]) throw ssmValidation(`${name} is not supported: leave it out.`);
  if (input.Tags?.length) throw ssmValidation('Tags is not supported: leave it out.');
}

function parseType(type: string | undefined): ParameterType | undefined {
  if (!type) return undefined;
  if (type === 'SecureString')
    throw unsupportedParameterType('Parameters of the type SecureString are not supported.');
  if (type === 'String' || type === 'StringList') return type;
  throw ssmValidation(`'${type}' at 'type' is none of String, StringList, SecureString.`);
}

function parseDataType(dataType: string | undefined): ParameterDataType | undefined {
  if (!dataType) return undefined;
  if (dataType === 'text' || dataType === 'aws:ec2:image') return dataType;
  throw ssmValidation(`The following data type is not supported: ${dataType}`);
}

function fresh(
  ownerId: string,
  name: string,
  type: ParameterType | undefined,
  dataType: ParameterDataType = 'text',
): Parameter {
  if (!type) throw ssmValidation('A parameter type is required when you create a parameter.');
  checkPair(type, dataType);
  return { ownerId, name, type, dataType, versions: [] };
}

function changed(
  before: Parameter,
  type: ParameterType = before.type,
  dataType: ParameterDataType = before.dataType,
): Parameter {
  checkPair(type, dataType);
  return { ...before, type, dataType };
}

function checkPair(type: ParameterType, dataType: ParameterDataType): void {
  if (dataType === 'aws:ec2:image' && type !== 'String')
    throw ssmValidation('A parameter of the data type aws:ec2:image must be of the type String.');
}

async function checkImage(
  records: Pick<RegionReader, 'images'>,
  context: Context,
  value: string,
): Promise<void> {
  const image = /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(value) ? await records.images.get(value) : undefined;
  if (!image || image.state === 'deregistered' || !canSee(image, context.caller))
    throw ssmValidation(`The value '${value}' is not the ID of an AMI that exists in this region.`);
}
