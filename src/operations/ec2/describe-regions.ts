import { ApiError } from '../../domain/errors.ts';
import { type FilterTable, matcher } from '../../domain/filters.ts';
import { operation } from './operation.ts';

const filters: FilterTable<{ name: string; endpoint: string }> = {
  endpoint: region => region.endpoint,
  'opt-in-status': () => 'opt-in-not-required',
  'region-name': region => region.name,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html */
export const describeRegions = operation('DescribeRegions', async (input, context) => {
  const { all, endpoint } = context.region;
  const names = input.RegionNames ?? [];
  const unknown = names.find(name => !all.some(region => region.name === name));
  if (unknown !== undefined)
    throw new ApiError('InvalidParameterValue', `Invalid region provided: ${unknown}`);
  return {
    Regions: all
      .map(region => ({ name: region.name, endpoint }))
      .filter(region => !names.length || names.includes(region.name))
      .filter(matcher(input.Filters, filters))
      .map(region => ({
        RegionName: region.name,
        Endpoint: region.endpoint,
        OptInStatus: 'opt-in-not-required',
      })),
  };
});
