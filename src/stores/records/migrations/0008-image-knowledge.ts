import type { Migration } from './migration.ts';

export const imageKnowledgeMigration: Migration = {
  name: '0008-image-knowledge',
  async up({ createCollection }) {
    await createCollection('launchTemplates', ['ownerId', 'name']);
    await createCollection('launchTemplateVersions', ['launchTemplateId', 'ownerId', 'imageId']);
    await createCollection('imageUsageReports', ['ownerId', 'imageId']);
    await createCollection('parameters', ['ownerId']);
  },
};
